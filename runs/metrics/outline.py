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
from runs.metrics.head_points import Points, as_a_head_tells, head_points, tells_too_little
from runs.metrics.smoothing import Smoothing
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
    unpacked, whole = (np.ones((2, len(heads)), "?")) if unpack_all else chosen(windows, heads, rows, pixels, is_log)
    points = head_points(heads)
    blocks = iter(read_blocks(heads[unpacked], key))
    runs = [window.run for window in windows]
    for window, its_heads, its_rows in zip(windows, parts(heads, runs), parts(rows, runs), strict=True):
        is_packed = ~unpacked[its_heads]
        is_damaged = np.zeros(len(is_packed), "?")
        told, read = [], [(rows["x"][its_rows], rows["value"][its_rows])]
        tally = Tally()
        for position in np.flatnonzero(unpacked[its_heads]):
            line = next(blocks).line
            if line is None:
                is_damaged[position] = True
                continue
            x, y = near(window, *in_order(line, along))
            if whole[its_heads][position]:
                read.append((x, y))
            else:
                told.append(as_a_head_tells(window, x, y, is_log=is_log))
                of_line = tally_of_values(y[window.holds(x)])
                tally = tally.plus(of_line._replace(unread=of_line.count))
        is_told = is_packed | is_damaged
        told.append(points.of(its_heads, is_told))
        tally = tally.plus(tally_of_heads(heads[its_heads][is_told], is_damaged[is_told], window))
        yield window.run, outline(window, along, told, read, tally)


def smoothed_outlines(
    windows: Sequence[Window], key: int, along: Along, *, smoothing: Smoothing
) -> Iterator[tuple[int, Outline]]:
    """As `outlines`, smoothed. Every point is read, also those outside the windows: an average depends on them."""
    windows = sorted(windows)
    whole = [Window(window.run, window.origin) for window in windows]
    lines = outlines(whole, key, along, pixels=1, unpack_all=True)
    for window, (run, line) in zip(windows, lines, strict=True):
        smooth = smoothing.of(line.x, line.y)
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


def chosen(
    windows: Sequence[Window], heads: np.ndarray, rows: np.ndarray, pixels: int, is_log: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which blocks to unpack, and of which to draw more than a head tells.

    The latter are wide. Others are unpacked where an end of the window cuts them, or their head says too little.
    """
    runs, lows, highs = (
        np.array(column, "i8") for column in zip(*((w.run, w.low, w.high) for w in windows), strict=True)
    )
    at = np.searchsorted(runs, heads["run"])
    low, high = heads["low"], heads["high"]
    shown = (high >= lows[at]) & (low <= highs[at])
    across = shown & ((low < lows[at]) | (high > highs[at]))
    width = np.where(shown, (high.astype("f8") - low.astype("f8")) * pixels / span_of(windows, heads, rows), 0.0)
    unpacked, left = np.zeros(len(heads), "?"), UNPACKED_AT_MOST
    for some in (across, shown & tells_too_little(heads, is_log=is_log)):
        cost = heads["count"][some & ~unpacked].sum()
        if cost <= left:
            unpacked, left = unpacked | some, left - cost
    limit = width.max(initial=0.0)
    whole = np.zeros(len(heads), "?")
    while limit > NARROW:
        limit = max(limit / 2, NARROW)
        wide = width > limit
        cost = heads["count"][wide & ~unpacked].sum()
        if cost > left:
            break
        unpacked, whole, left = unpacked | wide, wide, left - cost
    return unpacked, whole


def span_of(windows: Sequence[Window], heads: np.ndarray, rows: np.ndarray) -> float:
    """From the first to the last point of all lines in their windows, each counted from its origin; 1 at least."""
    runs, origins, lows, highs = (np.array(column, "i8") for column in zip(*windows, strict=True))
    at, row_at = np.searchsorted(runs, heads["run"]), np.searchsorted(runs, rows["run"])
    # As doubles: the range of two steps need not be an integer of 64 bits.
    shown = (rows["x"] >= lows[row_at]) & (rows["x"] <= highs[row_at])
    of_rows = (rows["x"] - origins[row_at].astype("f8"))[shown]
    starts = np.append(np.maximum(heads["low"], lows[at]) - origins[at].astype("f8"), of_rows)
    stops = np.append(np.minimum(heads["high"], highs[at]) - origins[at].astype("f8"), of_rows)
    return max(float(stops.max() - starts.min()), 1.0) if len(starts) else 1.0


def in_order(line: Line, along: Along) -> Points:
    steps, times, values = line
    if along is Along.STEP:
        return steps, values
    if (times[1:] >= times[:-1]).all():
        return times, values
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


def near(window: Window, x: np.ndarray, y: np.ndarray) -> Points:
    """The part in the window, and one point more on each side."""
    if window.is_whole:
        return x, y
    start, end = bounds_in(x, window.low, window.high)
    part = slice(max(start - 1, 0), end + 1)
    return x[part], y[part]


def outline(window: Window, along: Along, told: Sequence[Points], read: Sequence[Points], tally: Tally) -> Outline:
    """One line of the points that heads tell, which `tally` counts, and of those that were read."""
    x, y = (np.concatenate(columns) for columns in zip(*read, strict=True))
    tally = tally.plus(tally_of_values(y if window.is_whole else y[window.holds(x)]))
    x, y = (np.concatenate(columns) for columns in zip(*told, (x, y), strict=True))
    if (x[1:] < x[:-1]).any():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    line = cut(x, y, *bounds_in(x, window.low, window.high), tally)
    return line if along is Along.STEP else line._replace(x=line.x.astype("f8") - window.origin)


def bounds_in(x: np.ndarray, low: int, high: int) -> tuple[int, int]:
    return int(np.searchsorted(x, low)), int(np.searchsorted(x, high, side="right"))


def cut(x: np.ndarray, y: np.ndarray, start: int, end: int, tally: Tally, smooth: np.ndarray | None = None) -> Outline:
    """The points from `start` to `end`, and one more on each side."""
    before = max(start - 1, 0)
    around = slice(before, end + 1)
    inside = slice(start - before, end - before)
    return Outline(x[around], y[around], inside, tally, None if smooth is None else smooth[around])
