"""Thinning a line for eyes: at most two points a pixel, none of its extremes lost.

Numbers shown as text never come from here but from the full history or its summary.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# First, last, lowest and highest of a column are four points, so a column is two pixels wide.
POINTS_A_COLUMN = 4
PIXELS_A_COLUMN = 2
MAX_POINTS = 5_000


class Marks(NamedTuple):
    """Where values are no numbers: at most one position a column for each kind, and how many there are in all."""

    nan: np.ndarray
    plus_inf: np.ndarray
    minus_inf: np.ndarray
    nan_count: int
    plus_inf_count: int
    minus_inf_count: int


class Sample(NamedTuple):
    """Positions in the columns it was made from: `points` ascending and finite, `marks` the rest."""

    points: np.ndarray
    marks: Marks
    total: int

    @property
    def drawn(self) -> int:
        return len(self.points)


def sample(x: np.ndarray, y: np.ndarray, *, pixels: int) -> Sample:
    """Choose what to draw of y over x in a plot so many pixels wide; x must ascend and be finite.

    Of each column of two pixels: its first, last, lowest and highest finite point.
    """
    columns = max(1, min(pixels // PIXELS_A_COLUMN, MAX_POINTS // POINTS_A_COLUMN))
    column = columns_of(x, columns)
    is_finite = np.isfinite(y)
    points = finite = np.flatnonzero(is_finite)
    if len(finite) > columns * POINTS_A_COLUMN:
        whole = len(finite) == len(y)
        points = extremes(column, y) if whole else finite[extremes(column[finite], y[finite])]
    return Sample(points, marks_of(column, y, is_finite), len(y))


def columns_of(x: np.ndarray, columns: int) -> np.ndarray:
    """Which of so many equal columns each x falls into. Halved first: no range of doubles overflows then."""
    if len(x) == 0:
        return np.empty(0, dtype="i8")
    half = x.astype("f8") / 2
    span = half[-1] - half[0]
    if span <= 0:
        return np.zeros(len(x), dtype="i8")
    return np.minimum(((half - half[0]) / span * columns).astype("i8"), columns - 1)


def extremes(column: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Positions of the first, last, (first) lowest and (first) highest of each run of equal columns, ascending."""
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    lengths = np.diff(starts, append=len(column))
    lowest = first_equal(starts, lengths, y, np.minimum.reduceat(y, starts))
    highest = first_equal(starts, lengths, y, np.maximum.reduceat(y, starts))
    return np.flatnonzero(marked(len(y), starts, starts + lengths - 1, lowest, highest))


def marked(length: int, *positions: np.ndarray) -> np.ndarray:
    """A mask that is true at all of the positions; quicker than their sorted union."""
    mask = np.zeros(length, "?")
    for some in positions:
        mask[some] = True
    return mask


def first_equal(starts: np.ndarray, lengths: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """For each piece, the first position where y is the value wanted of that piece."""
    hits = np.flatnonzero(y == np.repeat(wanted, lengths))
    return hits[np.searchsorted(hits, starts)]


def marks_of(column: np.ndarray, y: np.ndarray, is_finite: np.ndarray) -> Marks:
    odd = np.flatnonzero(~is_finite)
    kinds = [odd[kind(y[odd])] for kind in (np.isnan, np.isposinf, np.isneginf)]
    thinned = [kind[np.unique(column[kind], return_index=True)[1]] if len(kind) else kind for kind in kinds]
    return Marks(*thinned, *(len(kind) for kind in kinds))
