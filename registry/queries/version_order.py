"""Orders of the version table: by what a version is, or by a metric of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from registry.queries.choices import VERSION
from runs.keys import key_ids
from runs.search.identifiers import AGGREGATES, LAST
from trackui.errors import shorten
from trackui.search.sql import Sql, text_order

DEFAULT_ORDER = "-version"
METRICS = "metrics."
# Stages in the order in which a version goes through them.
STAGE_RANK = f"CASE {VERSION}.stage WHEN 'Production' THEN 3 WHEN 'Staging' THEN 2 WHEN 'None' THEN 1 ELSE 0 END"
COLUMNS = {
    "version": f"{VERSION}.version",
    "creation_time": f"{VERSION}.creation_time",
    "last_updated_time": f"{VERSION}.last_updated_time",
    "stage": STAGE_RANK,
    "user_id": f"{VERSION}.user_id",
}


@dataclass(frozen=True, slots=True)
class VersionOrder:
    """`problem`: why the order is not the one asked for."""

    sql: Sql
    problem: str = ""


def order_of(clause: str) -> VersionOrder:
    """One statement where it names a metric. Versions without a value come last."""
    name = clause.removeprefix("-")
    direction = "DESC NULLS LAST" if clause.startswith("-") else "ASC NULLS LAST"
    if name in COLUMNS:
        column = text_order(COLUMNS[name]) if name == "user_id" else COLUMNS[name]
        return VersionOrder(Sql(f"{column} {direction}"))
    if name.startswith(METRICS) and (value := _metric(name.removeprefix(METRICS))) is not None:
        return VersionOrder(Sql(f"{value.text} {direction}", value.params))
    return VersionOrder(Sql(f"{COLUMNS['version']} DESC"), f"order: versions cannot be ordered by {shorten(name, 80)}.")


def _metric(name: str) -> Sql | None:
    """Of the logged model, else of the run, as the table shows it; NaN is as if there were none."""
    key, _, stat = name.rpartition(".")
    ids = key_ids({name, key} - {""})
    if name in ids:
        key, stat = name, LAST
    elif key not in ids or stat not in AGGREGATES:
        return None
    kept = AGGREGATES[stat]
    value = f"CASE WHEN s.{kept.nan_flag} THEN NULL ELSE s.{kept.column} END" if kept.nan_flag else f"s.{kept.column}"
    of_run = Sql(
        f"(SELECT {value} FROM runs_run r JOIN runs_metricsummary s ON s.run_id = r.id AND s.key_id = %s"
        f" WHERE r.run_id = {VERSION}.run_id)",
        (ids[key],),
    )
    if stat != LAST:
        return of_run
    points = (
        "FROM runs_loggedmodel m JOIN runs_loggedmodelmetric p ON p.model_id = m.id AND p.key = %s"
        f" WHERE m.model_id = {VERSION}.model_id AND m.deleted_time IS NULL"
    )
    of_model = (
        f"(SELECT CASE WHEN p.is_nan THEN NULL ELSE p.value END {points}"
        " ORDER BY p.step DESC, p.timestamp DESC, p.value DESC LIMIT 1)"
    )
    # One that is NaN is not the run's.
    return Sql(
        f"CASE WHEN EXISTS (SELECT 1 {points}) THEN {of_model} ELSE {of_run.text} END", (key, key, *of_run.params)
    )
