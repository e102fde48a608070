"""Very many points that came out of order, read in windows: memory holds a window of them, not all.

Every block is read once to choose where windows begin, and again for each window that it may have points in:
random order costs as many readings of everything as there are windows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from runs.metrics.blocks import read_whole_blocks
from runs.metrics.codec import Line, joined
from runs.metrics.orders import Order, OrderedPoint, before

# 64 full blocks, some 6 MB of points.
POINTS_A_WINDOW = 262_144
# Of each block one point in so many tells where its points lie.
STRIDE = 64


def in_windows(heads: np.ndarray, loose: Line, key: int, order: Order) -> Iterator[Line]:
    """The points of overlapping blocks and loose ones, in order.

    A window has POINTS_A_WINDOW points, and at most one in STRIDE of all of them more or less.
    """
    borders = chosen_borders(heads, loose, key, order)
    lows, highs = order.spans(heads)
    for start, end in zip([None, *borders], [*borders, None], strict=True):
        touched = [
            at
            for at, (low, high) in enumerate(zip(lows, highs, strict=True))
            if (start is None or high >= start) and (end is None or low < end)
        ]
        parts = [between(line, order, start, end) for _, line in read_whole_blocks(heads[touched], key)]
        yield order.sorted(joined([*parts, between(loose, order, start, end)]))


def chosen_borders(heads: np.ndarray, loose: Line, key: int, order: Order) -> list[OrderedPoint]:
    """The first point of each window but the first one."""
    sample = [order.sorted(line).at(slice(STRIDE - 1, None, STRIDE)) for _, line in read_whole_blocks(heads, key)]
    sample.append(loose.at(slice(STRIDE - 1, None, STRIDE)))
    distance = POINTS_A_WINDOW // STRIDE
    return order.points(order.sorted(joined(sample)).at(slice(distance, None, distance)))


def between(line: Line, order: Order, start: OrderedPoint | None, end: OrderedPoint | None) -> Line:
    columns = order.columns(line)
    inside = np.ones(len(line), bool)
    if start is not None:
        inside &= ~before(columns, start)
    if end is not None:
        inside &= before(columns, end)
    return line.at(inside)
