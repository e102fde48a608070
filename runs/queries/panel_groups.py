"""Lines of groups: each group's mean with its band, its runs faintly behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from runs.charts.series import Role, Series, XAxis
from runs.metrics.axes import AxisLine
from runs.metrics.group_mean import Band, GroupMean, Member, group_mean
from runs.queries.chart_subject import ChartGroup
from runs.queries.panel_options import PanelOptions
from runs.queries.panel_points import PanelPoints, outline_of, within
from runs.queries.panel_series import Look, mean_series, series_of
from trackui.colours import RUN_COLOURS, colour_number
from trackui.formats import count

# Runs drawn behind the means; the means are of all.
MEMBERS_DRAWN = 100
BANDS = {
    Band.STD: "band: ± standard deviation",
    Band.STDERR: "band: ± standard error",
    Band.CI95: "band: 95 % interval of the mean",
    Band.MINMAX: "band: lowest to highest",
    Band.NONE: "",
}


def group_series(
    groups: Sequence[ChartGroup],
    points: PanelPoints,
    options: PanelOptions,
    ends: tuple[float | None, float | None],
    y_range: tuple[float, float] | None,
) -> tuple[list[Series], list[str]]:
    """Faint lines of members, then the means over them; and what is to be said of both."""
    members: list[Series] = []
    means: list[Series] = []
    found: list[tuple[ChartGroup, GroupMean]] = []
    behind = sum(run.pk in points.lines for group in groups for run in group.runs)
    for position, (group, colour) in enumerate(zip(groups, colours_of(groups), strict=True)):
        having = [run for run in group.runs if run.pk in points.lines]
        for run in having[: max(MEMBERS_DRAWN - len(members), 0)]:
            line = points.lines[run.pk]
            look = Look(run.run_id, run.name or run.run_id, colour, 0, Role.MEMBER)
            members.append(series_of(look, outline_of(line.x, line.y, ends, None), options, y_range=y_range))
        mean = mean_on_axis([points.lines[run.pk] for run in having], options)
        if not len(mean.x):
            continue
        smooth = options.smoothing.of(mean.x, mean.mean) if options.smoothing else None
        look = Look(group.key, group.label, colour, position, Role.MEAN)
        means.append(mean_series(look, mean, slice(*within(mean.x, ends)), smooth, options))
        found.append((group, mean))
    return [*members, *means], list(group_notes(found, behind, len(members), options))


def mean_on_axis(lines: Sequence[AxisLine], options: PanelOptions) -> GroupMean:
    """By step; on other axes each step stands at the mean x of its runs."""
    found = group_mean([Member(*in_steps(line)) for line in lines], options.band)
    if options.x is XAxis.STEP:
        return found._replace(x=found.steps)
    return found.at(np.argsort(found.x, kind="stable"))


def in_steps(line: AxisLine) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if (line.steps[1:] >= line.steps[:-1]).all():
        return line.steps, line.x, line.y
    order = np.argsort(line.steps, kind="stable")
    return line.steps[order], line.x[order], line.y[order]


def colours_of(groups: Sequence[ChartGroup]) -> list[str]:
    """A colour a group, by its key; the next one that is free where another has it."""
    numbers: list[int] = []
    for group in groups:
        number = colour_number(group.key)
        if len(set(numbers)) < RUN_COLOURS:
            while number in numbers:
                number = number % RUN_COLOURS + 1
        numbers.append(number)
    return [f"var(--run-{number})" for number in numbers]


def group_notes(
    found: Sequence[tuple[ChartGroup, GroupMean]], behind: int, drawn: int, options: PanelOptions
) -> Iterable[str]:
    if not found:
        return
    yield f"mean of {count(behind)} runs in {count(len(found))} group{'s' if len(found) > 1 else ''}, over all points"
    if BANDS[options.band]:
        yield BANDS[options.band]
    if drawn < behind:
        yield f"{count(drawn)} of {count(behind)} runs drawn behind"
    if left_out := sum(mean.left_out for _, mean in found):
        yield f"{count(left_out)} NaN or infinite values are not in the means"
    changing = [(group, mean, at) for group, mean in found if len(at := np.flatnonzero(np.diff(mean.count)))]
    if changing:
        group, mean, at = changing[0]
        before, after = mean.count[at[0] : at[0] + 2].tolist()
        others = f", and in {count(len(changing) - 1)} more" if len(changing) > 1 else ""
        yield (
            f"not all runs have every step: in {group.label} n goes from {before} to {after} at step"
            f" {count(int(mean.steps[at[0] + 1]))}, where the mean may jump{others}"
        )
    if options.x is not XAxis.STEP:
        yield "means are by step, each at the mean place of its runs"
