"""`metrics.acc.at.loss`: the value of one metric at the step where another was best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runs.metrics.direction import directions

AT = "at"
# Which end of the other metric is best, where it is written: `metrics.acc.at.loss.min`.
ENDS = ("min", "max")


@dataclass(frozen=True, slots=True)
class AtBest:
    """By primary keys: the metric, and the other one, whose highest or lowest value says where."""

    key: int
    by: int
    is_highest: bool


def at_pairs(rest: str) -> Iterator[tuple[str, str, str]]:
    """What a name may mean, as metric, other metric and its end: `acc.at.loss.min` as ("acc", "loss.min", "") and
    ("acc", "loss", "min").
    """
    parts = rest.split(f".{AT}.")
    for place in range(1, len(parts)):
        key, by = f".{AT}.".join(parts[:place]), f".{AT}.".join(parts[place:])
        if key and by:
            yield key, by, ""
            start, _, end = by.rpartition(".")
            if start and end in ENDS:
                yield key, start, end


def is_highest_best(experiment: int | None, by: str, end: str = "") -> bool:
    """As written, else as declared or guessed of the other metric, else highest. At most one statement."""
    return end == "max" if end else not directions(experiment, [by])[by].lower_is_better
