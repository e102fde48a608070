"""What lines do, as a sentence: where they go, which is best, where they cross. Of the points that are drawn, among
which first, last, lowest and highest always are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from trackui.formats import count, number

if TYPE_CHECKING:
    from runs.charts.series import LineChart, Series

# With more lines it says how they are together, and does not look for crossings.
MOST_TOLD, MOST_CROSSED = 3, 6


def story(chart: LineChart) -> str:
    lines = [line for line in (Told.of(chart, one) for one in chart.series if one.role != "member") if line]
    if not lines:
        return ""
    told = [line.trend for line in lines] if len(lines) <= MOST_TOLD else [together(lines)]
    return "; ".join(filter(None, [*told, best(chart, lines), crossings(chart, lines)])) + "."


class Told:
    """A line's finite points in the range looked at; the smoothed ones where it is smoothed."""

    def __init__(self, one: Series, x: np.ndarray, y: np.ndarray) -> None:
        self.name, self.x, self.y = one.name, x, y

    @classmethod
    def of(cls, chart: LineChart, one: Series) -> Told | None:
        x, y = (one.smooth_x, one.smooth_y) if len(one.smooth_y) else (one.x, one.y)
        seen = np.isfinite(y)
        if chart.x_range is not None:
            seen &= (x >= chart.x_range[0]) & (x <= chart.x_range[1])
        return cls(one, x[seen], y[seen]) if seen.any() else None

    @property
    def trend(self) -> str:
        first, last = float(self.y[0]), float(self.y[-1])
        if len(self.y) == 1:
            return f"{self.name} is {number(first)}"
        if first == last:
            return f"{self.name} begins and ends at {number(first)}"
        return f"{self.name} {'falls' if last < first else 'rises'} {number(first)} to {number(last)}"


def together(lines: list[Told]) -> str:
    ends = [float(line.y[-1]) for line in lines]
    falling = sum(float(line.y[-1]) < float(line.y[0]) for line in lines)
    rising = sum(float(line.y[-1]) > float(line.y[0]) for line in lines)
    ways = " and ".join(f"{count(n)} {way}" for n, way in ((falling, "fall"), (rising, "rise")) if n)
    said = f"Of {count(len(lines))} lines {ways}" if ways else f"{count(len(lines))} lines"
    return f"{said}, ending between {number(min(ends))} and {number(max(ends))}"


def best(chart: LineChart, lines: list[Told]) -> str:
    if chart.lower_is_better is None:
        return ""
    find = np.argmin if chart.lower_is_better else np.argmax
    sign = 1 if chart.lower_is_better else -1
    found = min(lines, key=lambda line: sign * float(line.y[find(line.y)]))
    at = int(find(found.y))
    whose = f" ({found.name})" if len(lines) > 1 else ""
    return f"best {number(float(found.y[at]))} at {place(chart, float(found.x[at]))}{whose}"


def crossings(chart: LineChart, lines: list[Told]) -> str:
    if not 2 <= len(lines) <= MOST_CROSSED:
        return ""
    places = [x for one, other in combinations(lines, 2) for x in crossed_at(one, other)]
    if not places:
        return "lines do not cross"
    times = "once, " if len(places) == 1 else f"{count(len(places))} times, last "
    return f"lines cross {times}at {place(chart, max(places))}"


def crossed_at(one: Told, other: Told) -> list[float]:
    """Where the lines, drawn from point to point, change sides; where both are."""
    low, high = max(one.x[0], other.x[0]), min(one.x[-1], other.x[-1])
    x = np.union1d(one.x, other.x).astype("f8")
    x = x[(x >= low) & (x <= high)]
    if len(x) < 2:
        return []
    apart = np.interp(x, one.x, one.y) - np.interp(x, other.x, other.y)
    x, side = x[apart != 0], np.sign(apart[apart != 0])
    return x[1:][side[1:] != side[:-1]].tolist()


def place(chart: LineChart, x: float) -> str:
    if chart.x_axis == "wall":
        return written_time(x)
    if chart.x_axis == "step":
        return f"step {count(round(x))}"
    return f"{number(x)} {chart.x_unit}" if chart.is_time else f"{chart.x_name} {number(x)}"


def written_time(milliseconds: float) -> str:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return number(milliseconds)
