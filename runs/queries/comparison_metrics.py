"""Rows of a comparison that hold numbers: a metric each, with the best value and the change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import MetricSummary, Run
from runs.queries.comparison_options import Pick
from runs.queries.comparison_parts import Cell, Row
from runs.queries.key_tables import table_of
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui import formats

# The columns of MetricSummary that hold a value, with the flag that says whether it is NaN.
PICKED = {
    Pick.LAST: ("last_value", "last_is_nan"),
    Pick.MIN: ("min_value",),
    Pick.MAX: ("max_value",),
    Pick.MEAN: ("mean_value",),
    Pick.FIRST: ("first_value", "first_is_nan"),
}


class Measured(NamedTuple):
    """A metric of one run: the value that stands for it, and how many points there are."""

    value: float | None
    count: int
    nan_count: int


def metric_rows(runs: Sequence[Run], pick: Pick) -> tuple[list[Row], list[Row]]:
    """Metrics of the model, and those of the machine."""
    pks = [run.pk for run in runs]
    summaries = MetricSummary.objects.filter(run__in=pks)
    columns = ("run_id", "key__name", "count", "nan_count", *PICKED[pick])
    table = table_of(
        (run, key, Measured(math.nan if any(is_nan) else value, count, nan_count))
        for run, key, count, nan_count, value, *is_nan in summaries.values_list(*columns)
    )
    known = directions(runs[0].experiment_id, table)
    rows = [metric_row(key, [table[key].get(pk) for pk in pks], known[key]) for key in sorted(table)]
    return (
        [row for row in rows if not row.key.startswith(SYSTEM_METRICS)],
        [row for row in rows if row.key.startswith(SYSTEM_METRICS)],
    )


def metric_row(key: str, measured: Sequence[Measured | None], direction: DirectionOfMetric) -> Row:
    values = [one.value if one else None for one in measured]
    decimals = shared_decimals(values)
    best = best_value(values, direction)
    reference = values[0]
    cells = tuple(
        Cell(
            text=None if value is None else formats.number(value, decimals),
            value=value,
            is_changed=not same_number(value, reference),
            is_best=best is not None and value == best,
            change="" if at == 0 or same_number(value, reference) else formats.change(value, reference),
            tone=tone(value, reference, direction),
        )
        for at, value in enumerate(values)
    )
    counts = [one.count for one in measured if one]
    return Row(
        key,
        cells,
        differs=any(cell.is_changed for cell in cells),
        direction=direction,
        points=sum(counts),
        nan_count=sum(one.nan_count for one in measured if one),
        longest=max(counts, default=0),
    )


def shared_decimals(values: Sequence[float | None]) -> int | None:
    """None where all are tiny: then powers of ten say more than zeros."""
    if all(abs(value) < 1e-4 for value in values if value is not None and math.isfinite(value)):
        return None
    return formats.decimals_for(values)


def same_number(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def best_value(values: Sequence[float | None], direction: DirectionOfMetric) -> float | None:
    """None where no direction is known, or nothing is better than anything."""
    comparable = [value for value in values if value is not None and not math.isnan(value)]
    if direction.direction is None or len(set(comparable)) < 2:
        return None
    return max(comparable) if direction.higher_is_better else min(comparable)


def tone(value: float | None, reference: float | None, direction: DirectionOfMetric) -> str:
    if value is None or reference is None or direction.direction is None:
        return ""
    if value > reference:
        return "up" if direction.higher_is_better else "down"
    if value < reference:
        return "down" if direction.higher_is_better else "up"
    return ""
