"""Lines for eyes: a block that is narrow on the chart is drawn from its head, a wide one from its points.

A head tells four true points: first, last, lowest and highest. So a chart of a hundred million points reads
some ten thousand heads, and one zoomed in unpacks the few blocks it shows. How many points are unpacked has a
limit; where it is too low for all wide blocks the widest come first, and equally wide ones are treated alike,
so that no run looks smoother than another by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import read_blocks
from runs.metrics.codec import Line
from runs.metrics.head_points import head_points, tells_too_little
from runs.metrics.smoothing import time_weighted_ema
from runs.metrics.tally import Tally, tally_of_heads, tally_of_values
from runs.metrics.windows import Along, Window, heads_in, rows_in

# Pixels that a block drawn from its head may be wide.
NARROW = 3.0
# Points unpacked for one chart: some 80 ms.
UNPACKED_AT_MOST = 2_000_000


class Outline(NamedTuple):
    """What is to be drawn of a line, ascending by x: integers along steps, doubles along time.

    `inside`: its part in the window. Before and after it stands the nearest known point, if any. `smooth`:
    the average at each x, where one was asked for.
    """

    x: np.ndarray
    y: np.ndarray
    inside: slice
    tally: Tally
    smooth: np.ndarray | None = None


def outlines(
    windows: Sequence[Window],
    key: int,
    along: Along,
    *,
    pixels: int,
    is_log: bool = False,
    unpack_all: bool = False,
) -> Iterator[tuple[int, Outline]]:
    """Run and line of each window, in the order of the runs' primary keys; a window a run.

    Two statements, and one for each 128 blocks that are unpacked: `UNPACKED_AT_MOST` points, unless all are wanted.
    """
    windows = sorted(windows)
    if not windows:
        return
    heads, rows = heads_in(windows, key, along), rows_in(windows, key, along)
    view = View.of(windows, heads, rows, pixels)
    wanted = np.ones(len(heads), "?") if unpack_all else view.wanted(heads, is_log=is_log)
    points = head_points(heads)
    blocks = iter(read_blocks(heads[wanted], key))
    runs = [window.run for window in windows]
    for window, its_heads, its_rows in zip(windows, parts(heads, runs), parts(rows, runs), strict=True):
        is_known = ~wanted[its_heads]
        is_damaged = np.zeros(len(is_known), "?")
        lines = [(rows["x"][its_rows], rows["value"][its_rows])]
        for position in np.flatnonzero(wanted[its_heads]):
            block = next(blocks)
            is_damaged[position] = block.line is None
            if block.line is not None:
                lines.append(near(window, *in_order(block.line, along)))
        is_known |= is_damaged
        tally = tally_of_heads(heads[its_heads][is_known], is_damaged[is_known], window)
        yield window.run, outline(window, along, points.of(its_heads, is_known), lines, tally)


def smoothed_outlines(
    windows: Sequence[Window], key: int, along: Along, *, weight: float
) -> Iterator[tuple[int, Outline]]:
    """As `outlines`, smoothed. Every point is read, also those outside the windows: an average depends on them."""
    windows = sorted(windows)
    whole = [Window(window.run, window.origin) for window in windows]
    lines = outlines(whole, key, along, pixels=1, unpack_all=True)
    for window, (run, line) in zip(windows, lines, strict=True):
        smooth = time_weighted_ema(line.x, line.y, weight=weight)
        if window.is_whole:
            yield run, line._replace(smooth=smooth)
            continue
        start, end = bounds_in(line.x, window.low - window.origin, window.high - window.origin)
        tally = tally_of_values(line.y[start:end])
        damaged = line.tally.damaged_blocks
        tally = tally._replace(damaged_blocks=damaged, damaged_points=line.tally.damaged_points, is_about=damaged > 0)
        yield run, cut(line.x, line.y, start, end, tally, smooth)


def parts(sorted_by_run: np.ndarray, runs: Sequence[int]) -> list[slice]:
    """Where each of the runs lies."""
    of_rows = np.ascontiguousarray(sorted_by_run["run"])
    ends = (np.searchsorted(of_rows, runs, side).tolist() for side in ("left", "right"))
    return [slice(*both) for both in zip(*ends, strict=True)]


class View(NamedTuple):
    """How the chart lies over the heads: the window around each, and pixels a unit of x."""

    low: np.ndarray
    high: np.ndarray
    scale: float

    @classmethod
    def of(cls, windows: Sequence[Window], heads: np.ndarray, rows: np.ndarray, pixels: int) -> View:
        """As wide as all lines in their windows together."""
        runs, origins, lows, highs = (np.array(column, "i8") for column in zip(*windows, strict=True))
        at, row_at = np.searchsorted(runs, heads["run"]), np.searchsorted(runs, rows["run"])
        # As doubles: the range of two steps need not be one.
        drawn_rows = rows["x"] - origins[row_at].astype("f8")
        starts = np.append(np.maximum(heads["low"], lows[at]) - origins[at].astype("f8"), drawn_rows)
        stops = np.append(np.minimum(heads["high"], highs[at]) - origins[at].astype("f8"), drawn_rows)
        span = stops.max() - starts.min() if len(starts) else 0.0
        return cls(lows[at], highs[at], pixels / max(span, 1.0))

    def wanted(self, heads: np.ndarray, *, is_log: bool) -> np.ndarray:
        """Which blocks to unpack: those across an end, those whose head says too little, those that are wide."""
        low, high = heads["low"], heads["high"]
        shown = (high >= self.low) & (low <= self.high)
        across = shown & ((low < self.low) | (high > self.high))
        width = np.where(shown, (high.astype("f8") - low.astype("f8")) * self.scale, 0.0)
        wanted, left = np.zeros(len(heads), "?"), UNPACKED_AT_MOST
        for some in (across, shown & tells_too_little(heads, is_log=is_log)):
            cost = heads["count"][some & ~wanted].sum()
            if cost <= left:
                wanted, left = wanted | some, left - cost
        limit = width.max(initial=0.0)
        while limit > NARROW:
            limit = max(limit / 2, NARROW)
            cost = heads["count"][(width > limit) & ~wanted].sum()
            if cost > left:
                break
            wanted, left = wanted | (width > limit), left - cost
        return wanted


def in_order(line: Line, along: Along) -> tuple[np.ndarray, np.ndarray]:
    steps, times, values = line
    if along is Along.STEP:
        return steps, values
    if (times[1:] >= times[:-1]).all():
        return times, values
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def near(window: Window, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part in the window, and one point more on each side."""
    if window.is_whole:
        return x, y
    start, end = bounds_in(x, window.low, window.high)
    part = slice(max(start - 1, 0), end + 1)
    return x[part], y[part]


def outline(
    window: Window,
    along: Along,
    known: tuple[np.ndarray, np.ndarray],
    lines: Sequence[tuple[np.ndarray, np.ndarray]],
    of_heads: Tally,
) -> Outline:
    """One line from the points that heads tell and from those that were read."""
    x, y = (np.concatenate(columns) for columns in zip(known, *lines, strict=True))
    is_read = np.arange(len(x)) >= len(known[0])
    if (x[1:] < x[:-1]).any():
        order = np.argsort(x, kind="stable")
        x, y, is_read = x[order], y[order], is_read[order]
    start, end = bounds_in(x, window.low, window.high)
    tally = of_heads.plus(tally_of_values(y[start:end][is_read[start:end]]))
    line = cut(x, y, start, end, tally)
    return line if along is Along.STEP else line._replace(x=line.x.astype("f8") - window.origin)


def bounds_in(x: np.ndarray, low: int, high: int) -> tuple[int, int]:
    return int(np.searchsorted(x, low)), int(np.searchsorted(x, high, side="right"))


def cut(x: np.ndarray, y: np.ndarray, start: int, end: int, tally: Tally, smooth: np.ndarray | None = None) -> Outline:
    """The points from `start` to `end`, and one more on each side."""
    before = max(start - 1, 0)
    around = slice(before, end + 1)
    inside = slice(start - before, end - before)
    return Outline(x[around], y[around], inside, tally, None if smooth is None else smooth[around])
