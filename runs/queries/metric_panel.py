"""Series of a metric of chosen runs, thinned for a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from runs.charts.series import LineChart, Series, XAxis
from runs.charts.theme import svg_dash
from runs.metrics.blocks import FULL_BLOCK
from runs.models import MetricSummary, Run
from runs.queries.panel_lines import Stored, lines_of, stored_of, summaries
from runs.queries.panel_options import PanelOptions
from runs.queries.panel_series import series_of
from trackui.formats import count, decimals_for

# Smoothing reads every point: so many take some two seconds.
SMOOTHED_AT_MOST = 10_000_000
UNITS = ((3 * 3600.0, 3600.0, "h"), (180.0, 60.0, "min"), (0.0, 1.0, "s"))


def metric_panel(runs: Sequence[Run], key: str, options: PanelOptions) -> LineChart:
    """A line for each run that has the metric, in the order of `runs`.

    Three statements, one more along the time since the start, and one for each 128 blocks that are unpacked.
    """
    stored = stored_of(runs, key)
    unit, seconds = relative_unit(runs, stored) if options.x is XAxis.RELATIVE else ("", 1.0)
    # What one of x is in milliseconds; steps and milliseconds are counted as they are.
    scale = 1000.0 * seconds if options.x is XAxis.RELATIVE else 1.0
    having = [run for run in runs if run.pk in stored]
    is_too_long = sum(one.count for one in stored.values()) > SMOOTHED_AT_MOST
    found: dict[int, Series] = {}
    by_pk = {run.pk: run for run in having}
    for pk, line in lines_of(having, stored, replace(options, smoothing=0.0) if is_too_long else options, scale):
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
    stored = stored_of(runs, key)
    return repr([key, options, [(run.pk, run.name, run.colour, stored.get(run.pk)) for run in runs]])


def relative_unit(runs: Sequence[Run], stored: Mapping[int, Stored]) -> tuple[str, float]:
    """Seconds, minutes or hours, by the longest line: the same whatever part of it is looked at."""
    starts = {run.pk: run.start_time for run in runs}
    longest = max((one.last_timestamp - min(one.first_timestamp, starts[pk]) for pk, one in stored.items()), default=0)
    return next((unit, seconds) for least, seconds, unit in UNITS if longest / 1000 >= least or unit == "s")


def x_range(options: PanelOptions, series: Sequence[Series]) -> tuple[float, float] | None:
    """The ends asked for; the end of the lines where only one was."""
    if not options.is_zoomed:
        return None
    ends = [float(end) for one in series for end in one.x[[0, -1] if len(one.x) else []]]
    low = options.x_from if options.x_from is not None else min(ends, default=options.x_to)
    high = options.x_to if options.x_to is not None else max(ends, default=options.x_from)
    return (low, high) if low < high else None


@dataclass(frozen=True)
class LegendRow:
    """A run beside its chart; without the metric it has no summary and no line."""

    run: Run
    summary: MetricSummary | None
    dash: str
    decimals: int


def metric_legend(runs: Sequence[Run], key: str) -> list[LegendRow]:
    """A row a run, in the order of `runs`. One statement."""
    found = {one.run_id: one for one in summaries(runs, key)}
    values = [value for one in found.values() for value in (one.last, one.min_value, one.max_value, one.mean_value)]
    decimals = decimals_for(values)
    return [LegendRow(run, found.get(run.pk), svg_dash(at), decimals) for at, run in enumerate(runs)]
