"""Rows of a comparison that hold numbers: a metric each, with the best value and the change."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runs.metrics.direction import DirectionOfMetric
from runs.queries.comparison_cells import same_number
from runs.queries.comparison_data import ComparisonData, Numbers
from runs.queries.comparison_options import Pick
from runs.queries.comparison_parts import MetricRow
from runs.queries.run_metrics import SYSTEM_METRICS


def metric_rows(data: ComparisonData, pick: Pick) -> tuple[list[MetricRow], list[MetricRow]]:
    """Metrics of the model, and those of the machine."""
    rows = [
        metric_row(key, [of_runs.get(at) for at in range(len(data.runs))], data.directions[key], pick)
        for key, of_runs in data.metrics.items()
    ]
    return (
        [row for row in rows if not row.key.startswith(SYSTEM_METRICS)],
        [row for row in rows if row.key.startswith(SYSTEM_METRICS)],
    )


def metric_row(key: str, numbers: Sequence[Numbers | None], direction: DirectionOfMetric, pick: Pick) -> MetricRow:
    values = tuple(getattr(one, pick) if one else None for one in numbers)
    counts = [one.count for one in numbers if one]
    return MetricRow(
        key,
        values,
        best=best_value(values, direction),
        differs=not all(same_number(value, values[0]) for value in values),
        direction=direction,
        points=sum(counts),
        nan_count=sum(one.nan_count for one in numbers if one),
        longest=max(counts, default=0),
    )


def best_value(values: Sequence[float | None], direction: DirectionOfMetric) -> float | None:
    """None where no direction is known, or nothing is better than anything."""
    comparable = [value for value in values if value is not None and not math.isnan(value)]
    if direction.direction is None or len(set(comparable)) < 2:
        return None
    return max(comparable) if direction.higher_is_better else min(comparable)
