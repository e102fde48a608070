"""The order of groups: by a statistic of a metric over all of their runs, by size, by a field."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runs.metrics.direction import DirectionOfMetric
from runs.models import KeyKind
from runs.queries.group_metrics import MetricReader, MetricValues, described, grouped_metric
from runs.queries.group_options import SIZE, GroupSort, asked_sort
from runs.queries.grouping import GroupedRuns
from runs.queries.run_columns import Column, find_columns
from trackui.errors import shorten

Metrics = Sequence[tuple[Column, DirectionOfMetric]]


def find_sort(text: str, grouped: GroupedRuns, metrics: Metrics, notes: list[str]) -> GroupSort:
    """What the address says, else the best mean of the first metric with a direction; `notes` gets what is wrong."""
    asked = asked_sort(text)
    if asked.field == SIZE or any(values.field == asked.field for values in grouped.fields):
        return asked
    if asked.statistic and metric_column(asked.field, grouped, metrics) is not None:
        return asked
    if text:
        notes.append(f"Groups cannot be sorted by {shorten(text, 80)!r}.")
    for column, direction in metrics:
        if direction.direction:
            return GroupSort(column.spec, "mean", direction.higher_is_better)
    return GroupSort(SIZE, "", True)


def metric_column(spec: str, grouped: GroupedRuns, metrics: Metrics) -> Column | None:
    """One that is shown, or another that the runs have."""
    for column, _ in metrics:
        if column.spec == spec:
            return column
    found = find_columns(grouped.members.experiments, [spec])
    return found[0] if found and found[0].kind == KeyKind.METRIC else None


def ordered(grouped: GroupedRuns, sort: GroupSort, metrics: Metrics, reader: MetricReader) -> np.ndarray:
    """All groups; those without a number last, equal ones in the order of their values."""
    if sort.field == SIZE:
        by = grouped.counts.astype(np.float64)
    elif sort.statistic:
        by = _statistic(grouped, sort, reader.of_all(metric_column(sort.field, grouped, metrics)))
    else:
        values = next(values for values in grouped.fields if values.field == sort.field)
        codes = values.codes[grouped.firsts].astype(np.float64)
        by = np.where(codes < len(values.values), codes, np.nan)
    return np.argsort(-by if sort.is_descending else by, kind="stable")


def _statistic(grouped: GroupedRuns, sort: GroupSort, metric: MetricValues) -> np.ndarray:
    count = len(grouped)
    if sort.statistic == "median":
        return grouped_metric(metric, grouped.groups, count).medians
    return getattr(described(metric, grouped.groups, count), sort.statistic).astype(np.float64)
