"""Values that a filter may compare with, and how many of the newest runs have them."""

from __future__ import annotations

from math import isfinite

from runs.keys import key_ids
from runs.models import RunStatus
from runs.queries.run_columns import Experiments
from runs.queries.run_scope import RunScope, scope_of
from trackui.db import fetch_all, in_list
from trackui.search.sql import Sql, indexed_by, text_order

SAMPLED_RUNS = 2000
MOST_VALUES = 200
LONGEST = 100
COLUMNS = {"user_id": "user_id", "run_name": "name"}


def values_of(experiments: Experiments, entity: str | None, key: str, written: str) -> list[tuple[str, str]]:
    """Pairs of a value that holds what is written and a note; the most frequent first. Two statements at most."""
    if entity is None or entity.startswith("attr"):
        if key == "status":
            return [(status, "") for status in RunStatus.values if status.startswith(written.upper())]
        return _fitting(_of_column(scope_of(experiments), COLUMNS[key]), written) if key in COLUMNS else []
    key_id = key_ids([key]).get(key) if entity.startswith(("p", "t")) else None
    if key_id is None:
        return []
    table = "runs_param" if entity.startswith("p") else "runs_runtag"
    return _fitting(_of_key(scope_of(experiments), table, key_id), written)


def quoted(value: str) -> str:
    """The value as the language writes it; empty where it cannot."""
    if "'" not in value:
        return f"'{value}'"
    return f'"{value}"' if '"' not in value else ""


def is_plain_number(value: str) -> bool:
    try:
        return isfinite(float(value)) and "_" not in value
    except ValueError:
        return False


def _fitting(rows: list[tuple[str, int]], written: str) -> list[tuple[str, str]]:
    return [(value, f"{count:,}") for value, count in rows if written.lower() in value.lower()]


def _newest(scope: RunScope) -> Sql:
    """Runs that stand for all: the newest of them."""
    if scope.only is None:
        pks = scope.newest or [0]
        return Sql(f"SELECT id, name, user_id FROM runs_run WHERE id IN {in_list(pks)}", tuple(pks))
    return Sql(
        f"SELECT id, name, user_id FROM runs_run{indexed_by('run_newest')} WHERE experiment_id = %s"
        " AND lifecycle_stage = 'active' ORDER BY start_time DESC, run_id LIMIT %s",
        (scope.only, SAMPLED_RUNS),
    )


def _of_key(scope: RunScope, table: str, key_id: int) -> list[tuple[str, int]]:
    newest = _newest(scope)
    return fetch_all(
        f"SELECT v.value, COUNT(*) FROM ({newest.text}) newest JOIN {table} v ON v.run_id = newest.id"
        f" WHERE v.key_id = %s AND LENGTH(v.value) <= %s GROUP BY v.value ORDER BY 2 DESC, {text_order('v.value')}"
        " LIMIT %s",
        [*newest.params, key_id, LONGEST, MOST_VALUES],
    )


def _of_column(scope: RunScope, column: str) -> list[tuple[str, int]]:
    newest = _newest(scope)
    return fetch_all(
        f"SELECT {column}, COUNT(*) FROM ({newest.text}) newest WHERE LENGTH({column}) BETWEEN 1 AND %s"
        f" GROUP BY {column} ORDER BY 2 DESC, {text_order(column)} LIMIT %s",
        [*newest.params, LONGEST, MOST_VALUES],
    )
