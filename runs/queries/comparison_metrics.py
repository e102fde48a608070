"""Rows of a comparison that hold numbers: a metric each, with the best value and the change."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runs.metrics.direction import DirectionOfMetric
from runs.queries.baseline import delta
from runs.queries.comparison_data import ComparisonData, Numbers
from runs.queries.comparison_options import Pick
from runs.queries.comparison_parts import Cell, Row
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui import formats


def metric_rows(data: ComparisonData, pick: Pick) -> tuple[list[Row], list[Row]]:
    """Metrics of the model, and those of the machine."""
    rows = [
        metric_row(key, [of_runs.get(at) for at in range(len(data.runs))], data.directions[key], pick)
        for key, of_runs in data.metrics.items()
    ]
    return (
        [row for row in rows if not row.key.startswith(SYSTEM_METRICS)],
        [row for row in rows if row.key.startswith(SYSTEM_METRICS)],
    )


def metric_row(key: str, numbers: Sequence[Numbers | None], direction: DirectionOfMetric, pick: Pick) -> Row:
    values = [getattr(one, pick) if one else None for one in numbers]
    decimals = shared_decimals(values)
    best = best_value(values, direction)
    reference = values[0]
    cells = tuple(
        metric_cell(value, reference, decimals, direction, is_best=best is not None and value == best, is_first=not at)
        for at, value in enumerate(values)
    )
    counts = [one.count for one in numbers if one]
    return Row(
        key,
        cells,
        differs=any(cell.is_changed for cell in cells),
        direction=direction,
        points=sum(counts),
        nan_count=sum(one.nan_count for one in numbers if one),
        longest=max(counts, default=0),
    )


def metric_cell(
    value: float | None,
    reference: float | None,
    decimals: int | None,
    direction: DirectionOfMetric,
    *,
    is_best: bool,
    is_first: bool,
) -> Cell:
    is_changed = not same_number(value, reference)
    moved = delta(value, reference) if is_changed and not is_first else None
    return Cell(
        text=None if value is None else formats.number(value, decimals),
        value=value,
        is_changed=is_changed,
        is_best=is_best,
        change=formats.change(value, reference) if is_changed and not is_first else "",
        difference=formats.signed(moved.absolute) if moved else "",
        tone=tone(value, reference, direction),
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
