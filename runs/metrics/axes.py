"""Where the points of a run stand on an axis that is computed from all of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runs.metrics.codec import Line

# A gap between points is a pause when it is longer than both.
PAUSE_AT_LEAST = 60_000  # milliseconds
PAUSE_IN_MEDIANS = 10


class AxisLine(NamedTuple):
    """Ascending by x; `steps` are those of the points. `paused`: milliseconds in `pauses` that are not on the axis;
    `alone`: points that are not there since the axis has no place for them.
    """

    x: np.ndarray
    y: np.ndarray
    steps: np.ndarray
    pauses: int = 0
    paused: float = 0.0
    alone: int = 0


def by_step(line: Line) -> AxisLine:
    return AxisLine(line.steps, line.values, line.steps)


def by_time(line: Line, origin: int = 0) -> AxisLine:
    """Milliseconds since the origin."""
    order = np.argsort(line.timestamps, kind="stable")
    return AxisLine(line.timestamps[order].astype("f8") - origin, line.values[order], line.steps[order])


def by_process_time(line: Line, origin: int) -> AxisLine:
    """As `by_time`, the pauses taken out: each is as long as the median of the other gaps then."""
    whole = by_time(line, origin)
    if not len(whole.x):
        return whole
    gaps = np.diff(whole.x, prepend=0.0)
    moved = gaps[1:][gaps[1:] > 0]
    usual = float(np.median(moved)) if len(moved) else 0.0
    is_pause = gaps > max(PAUSE_AT_LEAST, PAUSE_IN_MEDIANS * usual)
    paused = float(gaps[is_pause].sum() - usual * np.count_nonzero(is_pause))
    return whole._replace(
        x=np.cumsum(np.where(is_pause, usual, gaps)), pauses=int(np.count_nonzero(is_pause)), paused=paused
    )


def by_metric(line: Line, other: Line | None) -> AxisLine:
    """Each point at the value that `other`, of the same run, has last at its step, where that is finite."""
    if other is None or not len(other):
        return AxisLine(np.empty(0), np.empty(0), np.empty(0, "i8"), alone=len(line))
    is_last = np.append(other.steps[1:] != other.steps[:-1], True)
    steps, values = other.steps[is_last], other.values[is_last]
    at = np.minimum(np.searchsorted(steps, line.steps), len(steps) - 1)
    has_place = (steps[at] == line.steps) & np.isfinite(values[at])
    x, y, kept = values[at][has_place], line.values[has_place], line.steps[has_place]
    order = np.argsort(x, kind="stable")
    return AxisLine(x[order], y[order], kept[order], alone=len(line) - len(x))
