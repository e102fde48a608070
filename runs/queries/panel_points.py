"""Whole histories on the axis of a chart, for what a few points a block cannot tell: process time, other metrics,
percentiles, means of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from runs.charts.series import XAxis
from runs.metrics.axes import AxisLine, by_metric, by_process_time, by_step, by_time
from runs.metrics.blocks import DamagedBlock
from runs.metrics.codec import Line
from runs.metrics.history import lines
from runs.metrics.outline import Outline, bounds_in, cut
from runs.metrics.smoothing import Smoothing
from runs.metrics.tally import tally_of_values
from runs.models import Run
from runs.queries.panel_options import UNITS, PanelOptions
from trackui.formats import count, duration

# Points read whole for one chart: some 0.5 s, and 24 bytes each.
READ_AT_MOST = 5_000_000
# The unit of an axis of time, by how many seconds the longest line takes.
LONG = ((3 * 3600.0, "h"), (180.0, "min"), (0.0, "s"))


@dataclass
class PanelPoints:
    """By run, in the chart's x. `notes`: what is to be said of them under the chart."""

    lines: dict[int, AxisLine]
    unit: str = ""
    notes: list[str] = field(default_factory=list)


def panel_points(runs: Sequence[Run], key: str, options: PanelOptions) -> PanelPoints:
    """Every point of the runs, two or three statements a metric and one for each 128 blocks.

    A run with a damaged block is left out, which is said.
    """
    pks = [run.pk for run in runs]
    found, damaged = whole_lines(pks, key)
    others = whole_lines(pks, options.x_key)[0] if options.x is XAxis.METRIC else {}
    placed = {run.pk: on_axis(run, found[run.pk], options, others) for run in runs if run.pk in found}
    unit = ""
    if options.x in (XAxis.RELATIVE, XAxis.PROCESS):
        longest = max((float(line.x[-1]) for line in placed.values() if len(line.x)), default=0.0) / 1000
        unit = unit_of(longest)
        placed = {pk: line._replace(x=line.x / (1000 * UNITS[unit])) for pk, line in placed.items()}
    return PanelPoints(placed, unit, [note for note in (*axis_notes(placed.values(), options), damaged) if note])


def unit_of(seconds: float) -> str:
    return next(unit for least, unit in LONG if seconds >= least or unit == "s")


def whole_lines(pks: Sequence[int], key: str) -> tuple[dict[int, Line], str]:
    """By run; where a block is damaged, run by run without those it is in."""
    try:
        return lines(pks, key), ""
    except DamagedBlock:
        found: dict[int, Line] = {}
        without = 0
        for pk in pks:
            try:
                found |= lines([pk], key)
            except DamagedBlock:
                without += 1
        return found, f"{count(without)} run{'s' if without > 1 else ''} left out: a block of points is damaged"


def on_axis(run: Run, line: Line, options: PanelOptions, others: Mapping[int, Line]) -> AxisLine:
    if options.x is XAxis.STEP:
        return by_step(line)
    if options.x is XAxis.METRIC:
        return by_metric(line, others.get(run.pk))
    if options.x is XAxis.WALL:
        return by_time(line)
    # Points older than their run were logged afterwards, with times of their own.
    origin = min(run.start_time, int(line.timestamps.min()))
    return (by_process_time if options.x is XAxis.PROCESS else by_time)(line, origin)


def axis_notes(placed: Iterable[AxisLine], options: PanelOptions) -> Iterable[str]:
    placed = list(placed)
    pauses, paused = sum(line.pauses for line in placed), sum(line.paused for line in placed)
    if options.x is XAxis.PROCESS:
        yield (
            f"{count(pauses)} pause{'s' if pauses > 1 else ''} of {duration(paused)} in all taken out:"
            " gaps over 60 s and 10 × the median"
            if pauses
            else "no pauses: no gap over 60 s and 10 × the median"
        )
    if options.x is XAxis.METRIC:
        if alone := sum(line.alone for line in placed):
            yield f"{count(alone)} points without {options.x_key} at their step"
        yield f"in the order of {options.x_key}"


def outline_of(
    x: np.ndarray, y: np.ndarray, ends: tuple[float | None, float | None], smoothing: Smoothing | None
) -> Outline:
    """A whole line as it is to be drawn between the ends, smoothed over all of it."""
    start, end = within(x, ends)
    smooth = smoothing.of(x, y) if smoothing and len(x) else None
    return cut(x, y, start, end, tally_of_values(y[start:end]), smooth)


def within(x: np.ndarray, ends: tuple[float | None, float | None]) -> tuple[int, int]:
    low, high = ends
    return bounds_in(x, -np.inf if low is None else low, np.inf if high is None else high)


def percentile_range(
    values: Iterable[np.ndarray], keep: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float] | None:
    """The 5th and the 95th percentile of all finite values that are kept; None where they do not differ."""
    finite = [keep(some[np.isfinite(some)]) for some in values]
    together = np.concatenate(finite) if finite else np.empty(0)
    if not len(together):
        return None
    low, high = np.percentile(together, [5, 95]).tolist()
    return (low, high) if low < high else None
