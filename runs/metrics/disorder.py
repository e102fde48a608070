"""Very many points that came out of order, read in windows: memory holds a window of them, not all.

Every block is read once to choose where windows begin, and again for each window that it may have points in:
random order costs as many readings of everything as there are windows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import read_whole_blocks
from runs.metrics.codec import Line, joined
from runs.metrics.orders import Order, OrderedPoint, before

# 64 full blocks, some 6 MB of points.
POINTS_A_WINDOW = 262_144
# Of each block one point in so many tells where its points lie.
STRIDE = 64
FIRST, LAST = (-math.inf,), (math.inf,)


class Window(NamedTuple):
    """Points from `start` on, and before `end`; either may be shorter than a point, and is then before its like."""

    start: tuple
    end: tuple

    def of(self, line: Line, order: Order) -> Line:
        # By the weightiest column alone first: few are left to be compared whole.
        weightiest, _ = order.integers(line)
        line = line.at((weightiest >= self.start[0]) & (weightiest <= self.end[0]))
        columns = order.columns(line)
        return line.at(~before(columns, self.start) & before(columns, self.end))


def in_windows(heads: np.ndarray, loose: Line, key: int, order: Order) -> Iterator[Line]:
    """The points of overlapping blocks and loose ones, in order.

    A window has POINTS_A_WINDOW points, and at most one in STRIDE of all of them more or less.
    """
    borders = chosen_borders(heads, loose, key, order)
    lows, highs = order.spans(heads)
    for start, end in zip([FIRST, *borders], [*borders, LAST], strict=True):
        window = Window(start, end)
        touched = [at for at in range(len(heads)) if lows[at] < end and highs[at] >= start]
        lines = read_whole_blocks(heads[touched], key)
        # Nothing else holds what is joined while it is sorted.
        yield order.sorted(joined([*(window.of(line, order) for _, line in lines), window.of(loose, order)]))


def chosen_borders(heads: np.ndarray, loose: Line, key: int, order: Order) -> list[OrderedPoint]:
    """The first point of each window but the first one."""
    lines = chain((order.sorted(line) for _, line in read_whole_blocks(heads, key)), [loose])
    # By positions: a slice would keep the whole block alive.
    sample = [line.at(np.arange(STRIDE - 1, len(line), STRIDE)) for line in lines]
    distance = POINTS_A_WINDOW // STRIDE
    return order.points(order.sorted(joined(sample)).at(slice(distance, None, distance)))
