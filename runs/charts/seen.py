"""What of the lines is seen in the range of x that is looked at."""

from __future__ import annotations

import numpy as np

from runs.charts.series import LineChart, Series, YScale

# Room above and below, as Plotly leaves it around whole lines.
ROOM = 0.055


def y_bounds(chart: LineChart) -> tuple[float, float] | None:
    """Least and greatest y between the ends of x, where lines cross these included; None without a range or a line.

    `y_range` of the chart, where it has one.
    """
    if chart.y_range is not None:
        return chart.y_range
    if chart.x_range is None:
        return None
    is_log = chart.y_scale is YScale.LOG
    seen = [
        heights(x, y, chart.x_range, is_log=is_log)
        for one in chart.series
        for x, y in ((one.x, one.y), (one.smooth_x, one.smooth_y), *bands(one))
    ]
    values = np.concatenate(seen) if seen else np.empty(0)
    return (float(values.min()), float(values.max())) if len(values) else None


def bands(one: Series) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(one.x, one.low), (one.x, one.high)] if len(one.low) else []


def heights(x: np.ndarray, y: np.ndarray, ends: tuple[float, float], *, is_log: bool) -> np.ndarray:
    can_be_drawn = np.isfinite(y) & (y > 0) if is_log else np.isfinite(y)
    x, y = x[can_be_drawn].astype("f8"), y[can_be_drawn]
    if not len(x):
        return y
    crossed = [end for end in ends if x[0] < end < x[-1]]
    at_ends = np.power(10, np.interp(crossed, x, np.log10(y))) if is_log else np.interp(crossed, x, y)
    return np.append(y[(x >= ends[0]) & (x <= ends[1])], at_ends)


def plotly_range(chart: LineChart) -> list[float] | None:
    """With some room; a logarithmic axis counts in powers of ten. None leaves it to Plotly."""
    bounds = y_bounds(chart)
    if bounds is None:
        return None
    low, high = np.log10(bounds) if chart.y_scale is YScale.LOG else bounds
    room = (high - low) * ROOM
    return [float(low - room), float(high + room)] if 0 < room < np.inf else None
