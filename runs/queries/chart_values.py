"""Metrics with one value a run, as bars: a line of one point says nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runs.keys import key_ids
from runs.metrics.direction import directions
from runs.models import MetricSummary, Run
from runs.queries.chart_subject import ChartGroup
from trackui.formats import decimals_for


@dataclass(frozen=True, slots=True)
class ValueBar:
    """A run's value, or the mean of a group's `count` finite ones; `share`: of the longest bar, in percent."""

    line_id: str
    name: str
    value: float
    count: int
    share: float
    decimals: int


def value_bars(
    runs: Sequence[Run], groups: Sequence[ChartGroup], keys: Sequence[str], experiment_pk: int
) -> dict[str, list[ValueBar]]:
    """By key; the best first where a direction is known. Two statements."""
    ids = key_ids(keys)
    pks = {run.pk for run in runs} | {run.pk for group in groups for run in group.runs}
    rows = MetricSummary.objects.filter(run__in=pks, key__in=list(ids.values()), count=1)
    values: dict[int, dict[int, float]] = {}
    for summary in rows:
        values.setdefault(summary.key_id, {})[summary.run_id] = summary.last
    known = directions(experiment_pk, keys)
    lines = [*((group.key, group.label, group.runs) for group in groups), *((r.run_id, str(r), (r,)) for r in runs)]
    found = {}
    for key in keys:
        of_key = values.get(ids.get(key, 0), {})
        bars = [
            (line_id, name, *mean_of([of_key[r.pk] for r in its if r.pk in of_key])) for line_id, name, its in lines
        ]
        found[key] = in_order([bar for bar in bars if bar[2] is not None], falls=not known[key].lower_is_better)
    return found


def mean_of(values: Sequence[float]) -> tuple[float | None, int]:
    """Of the finite ones; a lone value as it is."""
    if len(values) == 1:
        return values[0], 1
    finite = [value for value in values if math.isfinite(value)]
    return (math.fsum(value / len(finite) for value in finite), len(finite)) if finite else (None, 0)


def in_order(bars: list[tuple[str, str, float, int]], *, falls: bool) -> list[ValueBar]:
    bars.sort(key=lambda bar: (math.isnan(bar[2]), -bar[2] if falls else bar[2]))
    longest = max((abs(value) for *_, value, _ in bars if math.isfinite(value)), default=0.0)
    decimals = decimals_for(value for *_, value, _ in bars)
    return [
        ValueBar(line_id, name, value, count, share_of(value, longest), decimals)
        for line_id, name, value, count in bars
    ]


def share_of(value: float, longest: float) -> float:
    return round(100 * abs(value) / longest, 1) if longest and math.isfinite(value) else 0.0
