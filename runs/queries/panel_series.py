"""One line of a chart: what is drawn of it, what is marked, and what stands behind it."""

from __future__ import annotations

import numpy as np

from runs.charts.series import Series
from runs.metrics.outline import Outline
from runs.metrics.sampling import Sample, marked, sample
from runs.models import Run
from runs.queries.panel_options import PanelOptions
from trackui.colours import run_colour

NOWHERE, NOTHING = np.empty(0, "i8"), np.empty(0)


def series_of(run: Run, line: Outline, options: PanelOptions, scale: float) -> Series:
    """`scale`: what one of the chart's x is in the line's."""
    inside = line.inside
    x = line.x if scale == 1.0 else line.x / scale
    y = line.y
    not_positive = np.isfinite(y) & (y <= 0) if options.is_log else np.zeros(len(y), "?")
    if has_any := bool(not_positive.any()):
        # A logarithmic axis can show them no more than NaN: the line breaks there, and they have marks of their own.
        y = np.where(not_positive, np.nan, y)

    def sampled(values: np.ndarray) -> Sample:
        return sample(x[inside], values[inside], pixels=options.pixels)

    chosen = sampled(y)
    marks = sampled(line.y).marks if has_any else chosen.marks
    below = sampled(np.where(not_positive, np.nan, 0.0)).marks.nan if has_any else NOWHERE
    beyond = neighbours(y, inside)
    kept = marked(len(y), chosen.points + inside.start, chosen.marks.nan + inside.start, beyond)
    smooth = line.smooth if line.smooth is not None else NOTHING
    smooth_kept = NOWHERE
    if line.smooth is not None:
        smooth_kept = marked(len(y), sampled(smooth).points + inside.start, neighbours(smooth, inside))
    counts = line.tally._asdict()
    if not options.is_log:
        counts |= {"not_positive_count": 0, "more_not_positive": False}
    return Series(
        name=run.name or run.run_id,
        colour=run_colour(run.run_id, run.colour),
        x=x[kept],
        y=y[kept],
        total=counts.pop("count"),
        smooth_x=x[smooth_kept],
        smooth_y=smooth[smooth_kept],
        nan_x=x[inside][marks.nan],
        plus_inf_x=x[inside][marks.plus_inf],
        minus_inf_x=x[inside][marks.minus_inf],
        not_positive_x=x[inside][below],
        beyond=len(beyond),
        **counts,
    )


def neighbours(y: np.ndarray, inside: slice) -> np.ndarray:
    """Positions before and after those inside: where the line comes from and where it goes."""
    outside = np.r_[0 : inside.start, inside.stop : len(y)].astype("i8")
    return outside[np.isfinite(y[outside])]
