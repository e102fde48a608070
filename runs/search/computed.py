"""Conditions on values that are read from points: the runs they hold for, found one by one, up to a number."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from runs.metrics.at_best import at_best
from runs.search.at_names import AtBest
from runs.search.scope import Scope, equal_or_in
from trackui.db import fetch_all
from trackui.search.errors import SearchSyntaxError
from trackui.search.nodes import Comparison, Identifier
from trackui.search.sql import Sql, all_of

MOST_COMPUTED = 10_000
COMPARED: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def runs_at_best(at: AtBest, name: Identifier, *, scope: Scope, narrowed_by: Sql) -> dict[int, float]:
    """The value of each run in scope that has both metrics and satisfies the conditions beside.

    SearchSyntaxError where they are more than 10,000: their points would be read one run after the other.
    """
    where = all_of(
        [
            equal_or_in("a.experiment_id", scope.experiments),
            Sql("a.key_id = %s", (at.key,)),
            Sql("runs_run.id = a.run_id"),
            narrowed_by,
        ]
    )
    found = fetch_all(
        f"SELECT a.run_id FROM runs_metricsummary a CROSS JOIN runs_run WHERE {where.text} LIMIT {MOST_COMPUTED + 1}",
        where.params,
    )
    if len(found) > MOST_COMPUTED:
        raise SearchSyntaxError(
            f"'{name}' is read from the points of each run, at most {MOST_COMPUTED:,} runs: more have it here. "
            "Narrow them down by other conditions, joined with AND.",
            start=name.start,
            end=name.end,
            expected="conditions beside it that fewer runs satisfy",
        )
    return at_best([run for (run,) in found], at.key, at.by, is_highest=at.is_highest)


def holding(values: dict[int, float], node: Comparison, number: float) -> list[int]:
    """Runs whose value compares so; NaN differs from every number, and is none of the others."""
    compare = COMPARED[node.operator]
    return [
        run for run, value in values.items() if (node.operator == "!=" if math.isnan(value) else compare(value, number))
    ]
