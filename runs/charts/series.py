"""What a line chart shows, apart from how it is drawn: `metric_lines` makes Plotly of it, `svg` SVG."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from trackui.formats import count


class XAxis(StrEnum):
    STEP = "step"
    RELATIVE = "relative"
    WALL = "wall"


class YScale(StrEnum):
    LINEAR = "linear"
    LOG = "log"


def none() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True)
class Series:
    """One line. `x` ascends; a NaN in `y` breaks the line. `total` points stand behind it.

    `smooth_y` over `smooth_x`: the smoothed line; then the raw one is drawn faintly. The other arrays are
    where a value is NaN, infinite, or not positive on a logarithmic axis; counts are of all such points.
    `dash`: which of the dashes of `theme` it has, so that a run has the same one in all charts of a page.
    """

    name: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    total: int
    smooth_x: np.ndarray = field(default_factory=none)
    smooth_y: np.ndarray = field(default_factory=none)
    nan_x: np.ndarray = field(default_factory=none)
    plus_inf_x: np.ndarray = field(default_factory=none)
    minus_inf_x: np.ndarray = field(default_factory=none)
    not_positive_x: np.ndarray = field(default_factory=none)
    nan_count: int = 0
    infinity_count: int = 0
    not_positive_count: int = 0
    dash: int = 0

    @property
    def is_thinned(self) -> bool:
        return self.drawn + self.nan_count + self.infinity_count + self.not_positive_count < self.total

    @property
    def drawn(self) -> int:
        """Points drawn, breaks not counted."""
        return int(np.isfinite(self.y).sum())


@dataclass(frozen=True)
class LineChart:
    """`x_unit`: what x counts beside steps and dates: seconds, minutes or hours, as `s`, `min`, `h`."""

    title: str
    series: tuple[Series, ...]
    x_axis: XAxis = XAxis.STEP
    x_unit: str = ""
    y_scale: YScale = YScale.LINEAR
    x_range: tuple[float, float] | None = None

    @property
    def x_title(self) -> str:
        if self.x_axis is XAxis.RELATIVE:
            return f"time since start ({self.x_unit})"
        return "time (UTC)" if self.x_axis is XAxis.WALL else "step"

    @property
    def caption(self) -> str:
        """How much of the data is drawn, and what cannot be drawn as a point."""
        drawn = sum(one.drawn for one in self.series)
        total = sum(one.total for one in self.series)
        said = [f"{count(drawn)} of {count(total)} points"]
        if any(one.is_thinned for one in self.series):
            said[0] += ", extremes kept"
        for number, what in (
            (sum(one.nan_count for one in self.series), "NaN"),
            (sum(one.infinity_count for one in self.series), "infinite"),
            (sum(one.not_positive_count for one in self.series), "not above 0, marked at the bottom"),
        ):
            if number:
                said.append(f"{count(number)} {what}")
        return " · ".join(said)
