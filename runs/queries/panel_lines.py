"""The lines of a chart as they are read: which part of each run, and how much of it at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from runs.charts.series import XAxis
from runs.metrics.codec import GREATEST, LEAST
from runs.metrics.outline import Outline, outlines, smoothed_outlines
from runs.metrics.windows import Along, Window, earliest_times
from runs.models import MetricSummary, Run
from runs.queries.panel_options import PanelOptions
from trackui.db import read_snapshot

# Points smoothed in memory at once: runs up to so many, and one run at least.
SMOOTHED_AT_ONCE = 1_000_000


class Stored(NamedTuple):
    """What the summary of a run's metric tells of its points."""

    run_id: int
    key_id: int
    count: int
    unsealed_count: int
    next_block: int
    first_timestamp: int
    last_timestamp: int


def stored_of(runs: Sequence[Run], key: str) -> dict[int, Stored]:
    """By run, for those that have the metric. One statement."""
    return {row[0]: Stored(*row) for row in summaries(runs, key).values_list(*Stored._fields)}


def summaries(runs: Sequence[Run], key: str) -> QuerySet[MetricSummary]:
    return MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__name=key)


def lines_of(
    runs: Sequence[Run], stored: Mapping[int, Stored], options: PanelOptions, scale: float
) -> Iterator[tuple[int, Outline]]:
    """Lines by run. What is read together is one state of the database."""
    if not runs:
        return
    key = stored[runs[0].pk].key_id
    along = Along.STEP if options.x is XAxis.STEP else Along.TIME
    windows = windows_of(runs, key, options, scale)
    if options.smoothing:
        for chunk in chunks(windows, stored):
            with read_snapshot():
                found = list(smoothed_outlines(chunk, key, along, smoothing=options.smoothing))
            yield from found
    else:
        with read_snapshot():
            found = list(outlines(windows, key, along, pixels=options.pixels, is_log=options.is_log))
        yield from found


def windows_of(runs: Sequence[Run], key: int, options: PanelOptions, scale: float) -> list[Window]:
    origins = dict.fromkeys((run.pk for run in runs), 0)
    if options.x is XAxis.RELATIVE:
        first = earliest_times(list(origins), key)
        # Points older than their run were logged afterwards, with times of their own.
        origins = {run.pk: min(run.start_time, first.get(run.pk, run.start_time)) for run in runs}
    return [
        Window(
            pk,
            origin,
            LEAST if options.x_from is None else stored_x(math.ceil, options.x_from * scale, origin),
            GREATEST if options.x_to is None else stored_x(math.floor, options.x_to * scale, origin),
        )
        for pk, origin in origins.items()
    ]


def stored_x(rounded: Callable[[float], int], value: float, origin: int) -> int:
    return min(max(rounded(min(max(value, -1e20), 1e20)) + origin, LEAST), GREATEST)


def chunks(windows: Sequence[Window], stored: Mapping[int, Stored]) -> Iterator[list[Window]]:
    chunk: list[Window] = []
    points = 0
    for window in windows:
        its_points = stored[window.run].count
        if chunk and points + its_points > SMOOTHED_AT_ONCE:
            yield chunk
            chunk, points = [], 0
        chunk.append(window)
        points += its_points
    if chunk:
        yield chunk
