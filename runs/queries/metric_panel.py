"""Series of a metric of chosen runs, thinned for a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runs.charts.series import LineChart, Series, XAxis
from runs.charts.theme import svg_dash
from runs.metrics.blocks import FULL_BLOCK
from runs.metrics.direction import directions
from runs.models import MetricSummary, Run
from runs.queries.chart_subject import ChartGroup, ChartSubject
from runs.queries.panel_groups import group_series
from runs.queries.panel_lines import Stored, lines_of, stored_of, summaries
from runs.queries.panel_options import UNITS, PanelOptions
from runs.queries.panel_points import READ_AT_MOST, outline_of, panel_points, percentile_range, unit_of
from runs.queries.panel_series import Look, series_of
from trackui.formats import count, decimals_for

# Smoothing reads every point: so many take some two seconds.
SMOOTHED_AT_MOST = 10_000_000
# Members of groups that are too long to be averaged.
MOST_LINES = 100
# Pixels that the lines of a chart are thinned for, all together and each at least: of a hundred lines nobody sees
# every second pixel, and a browser takes its time for each point.
PIXELS_OF_ALL, PIXELS_AT_LEAST = 30_000, 200


def metric_panel(
    runs: Sequence[Run],
    key: str,
    options: PanelOptions,
    *,
    groups: Sequence[ChartGroup] = (),
    baseline: str = "",
) -> LineChart:
    """A line for each run that has the metric, in the order of `runs`; then those of groups.

    Of few points a block, where these tell enough: four statements, one more along the time since the start, and one
    for each 128 blocks that are unpacked. Else of every point (`panel_points`), up to READ_AT_MOST.
    """
    members = ChartSubject(key, tuple(runs), tuple(groups)).members
    stored = stored_of(members, key)
    points = sum(one.count for one in stored.values())
    pixels = max(PIXELS_OF_ALL // max(len(stored), 1), PIXELS_AT_LEAST)
    options = replace(options, pixels=min(options.pixels, pixels))
    if (groups or options.needs_all_points) and points <= READ_AT_MOST:
        chart = panel_of_points(runs, groups, key, options, baseline)
    else:
        chart = panel_of_blocks(members[:MOST_LINES], key, *within_reach(options, groups), stored, baseline)
    experiments = {run.experiment_id for run in members}
    direction = directions(experiments.pop() if len(experiments) == 1 else None, [key])[key]
    return replace(chart, lower_is_better=direction.lower_is_better if direction.direction else None)


def within_reach(options: PanelOptions, groups: Sequence[ChartGroup]) -> tuple[PanelOptions, list[str]]:
    """What can be drawn without reading every point, and what is said of the rest."""
    so_many, notes = f"over {count(READ_AT_MOST)} points", []
    if groups:
        notes.append(f"not averaged: {so_many}; the first {MOST_LINES} runs are drawn")
    if options.x is XAxis.METRIC:
        options, notes = replace(options, x=XAxis.STEP, x_from=None, x_to=None), [*notes, f"by step: {so_many}"]
    if options.x is XAxis.PROCESS:
        options, notes = replace(options, x=XAxis.RELATIVE), [*notes, f"pauses are not taken out: {so_many}"]
    return options, notes


def panel_of_points(
    runs: Sequence[Run], groups: Sequence[ChartGroup], key: str, options: PanelOptions, baseline: str
) -> LineChart:
    found = panel_points(ChartSubject(key, tuple(runs), tuple(groups)).members, key, options)
    ends = ends_in(options, found.unit)
    outlines = {
        run.pk: outline_of(line.x, line.y, ends, options.smoothing)
        for run in runs
        if (line := found.lines.get(run.pk)) is not None
    }
    y_range, notes = None, found.notes
    if options.is_robust:
        seen = [outline_of(line.x, line.y, ends, None) for line in found.lines.values()]
        y_range = percentile_range((line.y[line.inside] for line in seen), positive_only(options))
        notes = [*notes, robust_note(y_range, "all values")]
    series = [
        series_of(look_of(run, position, baseline), outlines[run.pk], options, y_range=y_range)
        for position, run in enumerate(runs)
        if run.pk in outlines
    ]
    of_groups, said = group_series(groups, found, options, ends, y_range)
    return chart_of(key, [*of_groups, *series], options, found.unit, [*said, *notes], ends, y_range)


def panel_of_blocks(
    runs: Sequence[Run],
    key: str,
    options: PanelOptions,
    notes: list[str],
    stored: Mapping[int, Stored],
    baseline: str,
) -> LineChart:
    unit = relative_unit(runs, stored) if options.x is XAxis.RELATIVE else ""
    # What one of x is in milliseconds; steps and milliseconds are counted as they are.
    scale = 1000.0 * UNITS[unit] if unit else 1.0
    ends = ends_in(options, unit)
    having = [run for run in runs if run.pk in stored]
    if options.smoothing and sum(stored[run.pk].count for run in having) > SMOOTHED_AT_MOST:
        notes = [*notes, f"not smoothed: over {count(SMOOTHED_AT_MOST)} points"]
        options = replace(options, smoothing=None)
    in_own_unit = replace(options, x_from=ends[0], x_to=ends[1])
    looks = {run.pk: look_of(run, position, baseline) for position, run in enumerate(runs)}
    found = {
        pk: series_of(looks[pk], line, options, scale) for pk, line in lines_of(having, stored, in_own_unit, scale)
    }
    series = [found[run.pk] for run in having]
    y_range = None
    if options.is_robust:
        y_range = percentile_range((one.y for one in series), positive_only(options))
        notes = [*notes, robust_note(y_range, "drawn values"), "what is beyond them is not marked"]
    return chart_of(key, series, options, unit, notes, ends, y_range)


def chart_of(
    key: str,
    series: Sequence[Series],
    options: PanelOptions,
    unit: str,
    notes: Iterable[str],
    ends: tuple[float | None, float | None],
    y_range: tuple[float, float] | None,
) -> LineChart:
    return LineChart(
        title=key,
        series=tuple(series),
        x_axis=options.x,
        x_unit=unit,
        x_name=options.x_key,
        y_scale=options.y,
        x_range=x_range(ends, series),
        y_range=y_range,
        points_a_part=FULL_BLOCK,
        note=" · ".join(notes),
    )


def look_of(run: Run, position: int, baseline: str) -> Look:
    return Look.of_run(run, dash=position, is_baseline=bool(baseline) and run.run_id == baseline)


def positive_only(options: PanelOptions):
    return (lambda values: values[values > 0]) if options.is_log else (lambda values: values)


def robust_note(y_range: tuple[float, float] | None, of: str) -> str:
    return f"5th to 95th percentile of {of}" if y_range else "5th and 95th percentile are the same: all is shown"


def ends_in(options: PanelOptions, unit: str) -> tuple[float | None, float | None]:
    """The ends of the range in the unit of the axis."""
    factor = UNITS[options.x_unit] / UNITS[unit] if unit and options.x_unit else 1.0
    return tuple(None if end is None else end * factor for end in (options.x_from, options.x_to))


def panel_state(
    runs: Sequence[Run], key: str, options: PanelOptions, *, groups: Sequence[ChartGroup] = (), baseline: str = ""
) -> str:
    """Changes when the panel would: points are only ever added and put into blocks, so these counts tell.
    One statement, two where x is a metric.
    """
    members = ChartSubject(key, tuple(runs), tuple(groups)).members
    stored = stored_of(members, key)
    others = stored_of(members, options.x_key) if options.x is XAxis.METRIC else {}
    grouped = [(group.key, group.label, [run.pk for run in group.runs]) for group in groups]
    lines = [(run.pk, run.name, run.colour, stored.get(run.pk), others.get(run.pk)) for run in members]
    return repr([key, options, baseline, grouped, lines])


def relative_unit(runs: Sequence[Run], stored: Mapping[int, Stored]) -> str:
    """Seconds, minutes or hours, by the longest line: the same whatever part of it is looked at."""
    starts = {run.pk: run.start_time for run in runs}
    longest = max(
        (one.last_timestamp - min(one.first_timestamp, starts[pk]) for pk, one in stored.items() if pk in starts),
        default=0,
    )
    return unit_of(longest / 1000)


def x_range(ends: tuple[float | None, float | None], series: Sequence[Series]) -> tuple[float, float] | None:
    """The ends asked for; the end of the lines where only one was."""
    if ends == (None, None):
        return None
    reached = [float(end) for one in series for end in one.x[[0, -1] if len(one.x) else []]]
    low = ends[0] if ends[0] is not None else min(reached, default=ends[1])
    high = ends[1] if ends[1] is not None else max(reached, default=ends[0])
    return (low, high) if low < high else None


@dataclass(frozen=True)
class LegendRow:
    """A run beside its chart; without the metric it has no summary and no line, in a group none of its own."""

    run: Run
    summary: MetricSummary | None
    dash: str
    decimals: int
    group: ChartGroup | None = None


def metric_legend(subject: ChartSubject) -> list[LegendRow]:
    """A row a run, those of groups first. One statement."""
    rows = [*((run, group) for group in subject.groups for run in group.runs), *((run, None) for run in subject.runs)]
    found = {one.run_id: one for one in summaries([run for run, _ in rows], subject.key)}
    values = [value for one in found.values() for value in (one.last, one.min_value, one.max_value, one.mean_value)]
    decimals = decimals_for(values)
    dashes = {run.pk: svg_dash(at) for at, run in enumerate(subject.runs)}
    return [LegendRow(run, found.get(run.pk), dashes.get(run.pk, ""), decimals, group) for run, group in rows]
