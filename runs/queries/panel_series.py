"""One line of a chart: what is drawn of it, what is marked, and what stands behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runs.charts.series import Role, Series
from runs.metrics.group_mean import GroupMean
from runs.metrics.outline import Outline
from runs.metrics.sampling import Sample, marked, sample
from runs.models import Run
from runs.queries.panel_options import PanelOptions
from trackui.colours import run_colour

NOWHERE, NOTHING = np.empty(0, "i8"), np.empty(0)


class Look(NamedTuple):
    """Whose line it is, and how it is told apart."""

    line_id: str
    name: str
    colour: str
    dash: int = 0
    role: Role = Role.RUN
    is_baseline: bool = False

    @classmethod
    def of_run(cls, run: Run, **more) -> Look:
        return cls(run.run_id, run.name or run.run_id, run_colour(run.run_id, run.colour), **more)


def series_of(
    look: Look,
    line: Outline,
    options: PanelOptions,
    scale: float = 1.0,
    y_range: tuple[float, float] | None = None,
) -> Series:
    """`scale`: what one of the chart's x is in the line's; `y_range`: what is seen of y, if not all."""
    inside = line.inside
    x = line.x if scale == 1.0 else line.x / scale
    y = line.y
    not_positive = np.isfinite(y) & (y <= 0) if options.is_log else np.zeros(len(y), "?")
    if has_any := bool(not_positive.any()):
        # A logarithmic axis can show them no more than NaN: the line breaks there, and they have marks of their own.
        y = np.where(not_positive, np.nan, y)

    def sampled(values: np.ndarray) -> Sample:
        return sample(x[inside], values[inside], pixels=options.pixels)

    def places(of: np.ndarray) -> np.ndarray:
        """One a column at most."""
        return x[inside][sampled(np.where(of, np.nan, 0.0)).marks.nan] if of.any() else NOTHING

    chosen = sampled(y)
    marks = sampled(line.y).marks if has_any else chosen.marks
    beyond = neighbours(y, inside)
    kept = marked(len(y), chosen.points + inside.start, chosen.marks.nan + inside.start, beyond)
    smooth = line.smooth if line.smooth is not None else NOTHING
    smooth_kept = NOWHERE
    if line.smooth is not None:
        smooth_kept = marked(len(y), sampled(smooth).points + inside.start, neighbours(smooth, inside))
    counts = line.tally._asdict()
    if not options.is_log:
        counts |= {"not_positive_count": 0, "more_not_positive": False}
    low, high = y_range or (-np.inf, np.inf)
    finite = np.isfinite(y)
    above, below = finite & (y > high), finite & (y < low)
    return Series(
        **look._asdict(),
        x=x[kept],
        y=y[kept],
        total=counts.pop("count"),
        smooth_x=x[smooth_kept],
        smooth_y=smooth[smooth_kept],
        nan_x=x[inside][marks.nan],
        plus_inf_x=x[inside][marks.plus_inf],
        minus_inf_x=x[inside][marks.minus_inf],
        not_positive_x=places(not_positive),
        above_x=places(above),
        below_x=places(below),
        above_count=int(np.count_nonzero(above[inside])),
        below_count=int(np.count_nonzero(below[inside])),
        beyond=len(beyond),
        **counts,
    )


def mean_series(
    look: Look, found: GroupMean, inside: slice, smooth: np.ndarray | None, options: PanelOptions
) -> Series:
    """The mean of a group with its band, each thinned as a line is, at the same places."""
    on_paper = found.mean
    bounds = [found.mean, found.low, found.high]
    if options.is_log:
        bounds = [np.where(values > 0, values, np.nan) for values in bounds]
        on_paper = bounds[0]
    at = [sample(found.x[inside], values[inside], pixels=options.pixels).points + inside.start for values in bounds]
    kept = marked(len(found.x), *at, neighbours(on_paper, inside))
    smooth_at = NOWHERE
    if smooth is not None:
        chosen = sample(found.x[inside], smooth[inside], pixels=options.pixels).points + inside.start
        smooth_at = marked(len(found.x), chosen, neighbours(smooth, inside))
    return Series(
        **look._asdict(),
        x=found.x[kept],
        y=on_paper[kept],
        total=len(found.x[inside]),
        low=bounds[1][kept],
        high=bounds[2][kept],
        members=found.count[kept],
        smooth_x=found.x[smooth_at],
        smooth_y=NOTHING if smooth is None else smooth[smooth_at],
        beyond=len(neighbours(on_paper, inside)),
    )


def neighbours(y: np.ndarray, inside: slice) -> np.ndarray:
    """Positions before and after those inside: where the line comes from and where it goes."""
    outside = np.r_[0 : inside.start, inside.stop : len(y)].astype("i8")
    return outside[np.isfinite(y[outside])]
