"""The points that the heads of blocks tell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runs.metrics.tally import ODD_VALUES, is_vague
from runs.metrics.windows import Window

# x and y.
Points = tuple[np.ndarray, np.ndarray]


class HeadPoints(NamedTuple):
    """A row a head, a column for each point it may tell; only those `kept` are any."""

    x: np.ndarray
    y: np.ndarray
    kept: np.ndarray

    def of(self, heads: slice, chosen: np.ndarray) -> Points:
        """Points of those of the heads that are chosen, block after block."""
        kept = self.kept[heads] & chosen[:, np.newaxis]
        return self.x[heads][kept], self.y[heads][kept]


def head_points(heads: np.ndarray) -> HeadPoints:
    """First, lowest, highest and last of each block (`windows.HEAD`), each point once.

    A NaN or an infinity whose place the head does not tell stands in the middle of the block.
    """
    first, low, high, last = (_Point(heads, name) for name in ("first", "min", "max", "last"))
    has_number = ~np.isnan(low.y)
    points = [
        (first.x, first.y, np.ones(len(heads), "?")),
        (low.x, low.y, has_number & ~low.is_same(first) & ~low.is_same(last)),
        (high.x, high.y, has_number & ~high.is_same(first) & ~high.is_same(last) & ~high.is_same(low)),
        (last.x, last.y, ~last.is_same(first)),
    ]
    for counted_as, value in ODD_VALUES:
        vague = is_vague(heads, counted_as, value)
        if vague.any():
            points.append((heads["low"] // 2 + heads["high"] // 2, np.full(len(heads), value), vague))
    return HeadPoints(*(np.stack(columns, axis=1) for columns in zip(*points, strict=True)))


class _Point:
    """One point of each head."""

    def __init__(self, heads: np.ndarray, name: str) -> None:
        self.x, self.y = heads[f"{name}_x"], heads[f"{name}_value"]

    def is_same(self, other: _Point) -> np.ndarray:
        return (self.x == other.x) & ((self.y == other.y) | (np.isnan(self.y) & np.isnan(other.y)))


def tells_too_little(heads: np.ndarray, *, is_log: bool) -> np.ndarray:
    """Blocks whose head does not say where all that is to be marked lies, or which points are at its ends."""
    odd = heads["nan_count"] + heads["plus_inf_count"] + heads["minus_inf_count"]
    little = ((odd > 0) & (odd < heads["count"])) | ~heads["is_ordered"]
    return little | ((heads["min_value"] <= 0) & (heads["max_value"] > 0)) if is_log else little


def as_a_head_tells(window: Window, x: np.ndarray, y: np.ndarray, *, is_log: bool) -> Points:
    """Of the points in the window its first, last, lowest and highest, beside all that are to be marked; and the
    others as they are."""
    inside = window.holds(x)
    is_marked = ~np.isfinite(y) | (y <= 0) if is_log else ~np.isfinite(y)
    kept = ~inside | is_marked
    plain = np.flatnonzero(inside & ~is_marked)
    if len(plain):
        kept[plain[[0, -1, np.argmin(y[plain]), np.argmax(y[plain])]]] = True
    return x[kept], y[kept]
