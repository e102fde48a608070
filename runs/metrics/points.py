"""New points of one metric as columns: how they come from a request, and how they are put in order."""

import math
import operator
from collections.abc import Iterable
from typing import NamedTuple

# A point as stored: value 0.0 and is_nan set for NaN. Tuples compare as MLflow orders points.
StoredPoint = tuple[int, int, float, bool]  # step, timestamp, value, is_nan


class Columns(NamedTuple):
    """Points as three lists of one length; NaN is in `values` as it is.

    Lists and builtins: for the hundred points of a key that a request brings they are quicker than arrays.
    """

    steps: list[int]
    timestamps: list[int]
    values: list[float]

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, piece: slice) -> "Columns":
        return Columns(*(column[piece] for column in self))

    def stored(self) -> list[StoredPoint]:
        return [
            (step, timestamp, 0.0, True) if value != value else (step, timestamp, value, False)
            for step, timestamp, value in zip(*self, strict=True)
        ]


def columns_of(points: Iterable[StoredPoint]) -> Columns:
    """At least one point."""
    steps, timestamps, values, nans = map(list, zip(*points, strict=True))
    if True in nans:
        values = [math.nan if is_nan else value for value, is_nan in zip(values, nans, strict=True)]
    return Columns(steps, timestamps, values)


def in_order(points: Columns) -> Columns:
    """Ascending by (step, timestamp, value), equal ones once, no zero with a sign: as both databases have it."""
    steps, timestamps, values = points
    if 0.0 in values:
        points = Columns(steps, timestamps, [value + 0.0 for value in values])
    if all(map(operator.lt, steps, steps[1:])):
        return points
    return columns_of(sorted(set(points.stored())))
