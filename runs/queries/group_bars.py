"""Means with their intervals as small drawings on one axis, so that it is seen which of them overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runs.statistics.describe import Description

WIDTH, MARGIN = 168, 6
# Members are drawn as ticks while there are not more than this.
MOST_TICKS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """Places on the axis, in pixels. `low` and `high` are None without an interval; `*_cut`: it goes on beyond."""

    mean: float
    low: float | None
    high: float | None
    low_cut: bool
    high_cut: bool
    ticks: str

    @property
    def width(self) -> float:
        return round(max(self.high - self.low, 1.0), 1)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` at the left to `end` at the right: the range of the members of all groups on the page."""

    start: float
    end: float

    def place(self, value: float) -> float:
        span = self.end / 2 - self.start / 2
        share = (value / 2 - self.start / 2) / span if span else 0.5
        return round(MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN), 1)

    def bar(self, found: Description, members: Sequence[float]) -> Bar | None:
        if found.mean is None or not math.isfinite(found.mean):
            return None
        has_interval = found.low is not None and math.isfinite(found.low) and math.isfinite(found.high)
        finite = sorted({self.place(value) for value in members if math.isfinite(value)})
        return Bar(
            mean=self.place(found.mean),
            low=self.place(found.low) if has_interval else None,
            high=self.place(found.high) if has_interval else None,
            low_cut=has_interval and found.low < self.start,
            high_cut=has_interval and found.high > self.end,
            ticks="".join(f"M{x} 5v8" for x in finite) if len(members) <= MOST_TICKS else "",
        )


def axis_of(descriptions: Sequence[Description]) -> Axis | None:
    """None where no group has a number. Few runs have wide intervals, which would leave no room for the others."""
    known = [found for found in descriptions if found.n]
    if not known:
        return None
    return Axis(min(found.min for found in known), max(found.max for found in known))
