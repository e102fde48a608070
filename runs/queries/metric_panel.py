"""Series of a metric of chosen runs, thinned for a chart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from runs.charts.series import LineChart, Series, XAxis
from runs.charts.theme import svg_dash
from runs.metrics.blocks import FULL_BLOCK
from runs.metrics.outline import Outline, outlines, smoothed_outlines
from runs.metrics.windows import GREATEST, LEAST, Along, Window, earliest_times
from runs.models import MetricSummary, Run
from runs.queries.panel_options import PanelOptions
from runs.queries.panel_series import series_of
from trackui.db import read_snapshot
from trackui.formats import count, decimals_for

# Smoothing reads every point: so many take some two seconds.
SMOOTHED_AT_MOST = 10_000_000
# Points smoothed in memory at once: runs up to so many, and one run at least.
SMOOTHED_AT_ONCE = 1_000_000
UNITS = ((3 * 3600.0, 3600.0, "h"), (180.0, 60.0, "min"), (0.0, 1.0, "s"))


def metric_panel(runs: Sequence[Run], key: str, options: PanelOptions) -> LineChart:
    """A line for each run that has the metric, in the order of `runs`.

    Three statements, one more along the time since the start, and one for each 128 blocks that are unpacked.
    """
    summaries = summaries_of(runs, key)
    unit, seconds = relative_unit(runs, summaries) if options.x is XAxis.RELATIVE else ("", 1.0)
    # What one of x is in milliseconds; steps and milliseconds are counted as they are.
    scale = 1000.0 * seconds if options.x is XAxis.RELATIVE else 1.0
    having = [run for run in runs if run.pk in summaries]
    is_too_long = sum(one.count for one in summaries.values()) > SMOOTHED_AT_MOST
    found: dict[int, Series] = {}
    by_pk = {run.pk: run for run in having}
    for pk, line in lines_of(having, summaries, replace(options, smoothing=0.0) if is_too_long else options, scale):
        found[pk] = series_of(by_pk[pk], line, options, scale)
    dashes = {run.pk: position for position, run in enumerate(runs)}
    series = tuple(replace(found[run.pk], dash=dashes[run.pk]) for run in having)
    return LineChart(
        title=key,
        series=series,
        x_axis=options.x,
        x_unit=unit,
        y_scale=options.y,
        x_range=x_range(options, series),
        points_a_part=FULL_BLOCK,
        note=f"not smoothed: over {count(SMOOTHED_AT_MOST)} points" if options.smoothing and is_too_long else "",
    )


def panel_state(runs: Sequence[Run], key: str, options: PanelOptions) -> str:
    """Changes when the panel would: points are only ever added and put into blocks, so these counts tell.
    One statement."""
    summaries = summaries_of(runs, key)
    stored = {pk: (one.count, one.unsealed_count, one.next_block) for pk, one in summaries.items()}
    return repr([key, options, [(run.pk, run.name, run.colour, stored.get(run.pk)) for run in runs]])


def summaries_of(runs: Sequence[Run], key: str) -> dict[int, MetricSummary]:
    """By run, those that have the metric. One statement."""
    return {one.run_id: one for one in MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__name=key)}


def relative_unit(runs: Sequence[Run], summaries: dict[int, MetricSummary]) -> tuple[str, float]:
    """Seconds, minutes or hours, by the longest line: the same whatever part of it is looked at."""
    starts = {run.pk: run.start_time for run in runs}
    longest = max(
        (one.last_timestamp - min(one.first_timestamp, starts[pk]) for pk, one in summaries.items()), default=0
    )
    return next((unit, seconds) for least, seconds, unit in UNITS if longest / 1000 >= least or unit == "s")


# --- Reading ------------------------------------------------------------------------------------


def lines_of(
    runs: Sequence[Run], summaries: dict[int, MetricSummary], options: PanelOptions, scale: float
) -> Iterator[tuple[int, Outline]]:
    """Lines by run. What is read together is one state of the database."""
    if not runs:
        return
    key = summaries[runs[0].pk].key_id
    along = Along.STEP if options.x is XAxis.STEP else Along.TIME
    windows = windows_of(runs, key, options, scale)
    if options.smoothing:
        for chunk in chunks(windows, summaries):
            with read_snapshot():
                found = list(smoothed_outlines(chunk, key, along, weight=options.smoothing))
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


def stored_x(rounded, value: float, origin: int) -> int:
    return min(max(rounded(min(max(value, -1e20), 1e20)) + origin, LEAST), GREATEST)


def chunks(windows: Sequence[Window], summaries: dict[int, MetricSummary]) -> Iterator[list[Window]]:
    chunk: list[Window] = []
    points = 0
    for window in windows:
        its_points = summaries[window.run].count
        if chunk and points + its_points > SMOOTHED_AT_ONCE:
            yield chunk
            chunk, points = [], 0
        chunk.append(window)
        points += its_points
    if chunk:
        yield chunk


def x_range(options: PanelOptions, series: Sequence[Series]) -> tuple[float, float] | None:
    """The ends asked for; the end of the lines where only one was."""
    if not options.is_zoomed:
        return None
    ends = [float(end) for one in series for end in one.x[[0, -1] if len(one.x) else []]]
    low = options.x_from if options.x_from is not None else min(ends, default=options.x_to)
    high = options.x_to if options.x_to is not None else max(ends, default=options.x_from)
    return (low, high) if low < high else None


# --- Legend -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LegendRow:
    """A run beside its chart; without the metric it has no summary and no line."""

    run: Run
    summary: MetricSummary | None
    dash: str
    decimals: int


def metric_legend(runs: Sequence[Run], key: str) -> list[LegendRow]:
    """A row a run, in the order of `runs`. One statement."""
    summaries = summaries_of(runs, key)
    values = [value for one in summaries.values() for value in (one.last, one.min_value, one.max_value, one.mean_value)]
    decimals = decimals_for(values)
    return [LegendRow(run, summaries.get(run.pk), svg_dash(at), decimals) for at, run in enumerate(runs)]
