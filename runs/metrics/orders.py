"""The two orders in which points are read: by step, as they are stored, and by time, as MLflow lists them."""

from __future__ import annotations

from enum import Enum

import numpy as np

from runs.metrics.codec import Line

# A point as the order compares it: its first and second integer, value (0 for NaN), is NaN.
OrderedPoint = tuple[int, int, float, bool]


class Order(Enum):
    BY_STEP = "step", "timestamp"
    BY_TIME = "timestamp", "step"

    def columns(self, line: Line) -> tuple[np.ndarray, ...]:
        """What is compared, the weightiest first. NaN counts as 0, and comes after it."""
        is_nan = np.isnan(line.values)
        return *self.integers(line), np.where(is_nan, 0.0, line.values), is_nan

    def integers(self, line: Line) -> tuple[np.ndarray, np.ndarray]:
        return (line.steps, line.timestamps) if self is Order.BY_STEP else (line.timestamps, line.steps)

    def points(self, line: Line) -> list[OrderedPoint]:
        return list(zip(*(column.tolist() for column in self.columns(line)), strict=True))

    def sorted(self, line: Line) -> Line:
        if ascends(*self.integers(line)):
            return line
        return line.at(np.lexsort(self.columns(line)[::-1]))

    def spans(self, heads: np.ndarray) -> tuple[list[tuple], list[tuple]]:
        """For each block a point that none of its own is before, and one that none is after.

        Its first and last point where the head knows them in this order. A head does not tell which of its
        points at value 0 is NaN, so an end may be one too far.
        """
        first = _ends(heads, "first", self)
        last = _ends(heads, "last", self)
        low = [(*point, False) for point in first]
        high = [(*point, has_nan) for point, has_nan in zip(last, (heads["nan_count"] > 0).tolist(), strict=True)]
        if self is Order.BY_TIME:
            # By timestamp alone: a shorter tuple is before a longer one that begins like it.
            for at in np.flatnonzero(~heads["is_time_ordered"]).tolist():
                low[at] = (int(heads["earliest"][at]),)
                high[at] = (int(heads["latest"][at]), float("inf"))
        return low, high


def _ends(heads: np.ndarray, end: str, order: Order) -> list[tuple]:
    return list(zip(*(heads[f"{end}_{name}"].tolist() for name in (*order.value, "value")), strict=True))


def ascends(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether pairs rise from each to the next: then nothing else need be compared."""
    rises = first[1:] > first[:-1]
    return bool(rises.all() or (rises | ((first[1:] == first[:-1]) & (second[1:] > second[:-1]))).all())


def before(columns: tuple[np.ndarray, ...], bound: tuple) -> np.ndarray:
    """Which points, given by their columns, come before this one. Of a part of a point: before all that begin so."""
    found = np.zeros(len(columns[0]), bool)
    for column, number in zip(columns[: len(bound)][::-1], bound[::-1], strict=True):
        found = (column < number) | ((column == number) & found)
    return found
