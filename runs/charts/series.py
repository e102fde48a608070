"""What a line chart shows, apart from how it is drawn: `metric_lines` makes Plotly of it, `svg` SVG."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from runs.charts.caption import caption


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
    `beyond`: how many of the drawn points lie outside the range looked at, so that the line enters and leaves it.
    What follows it says how well the rest is known (`runs.metrics.tally`): points known by parts alone, blocks
    that are damaged, whether there are more points not above 0, whether `total` is nearly right, and whether
    marks stand in the middle of their part.
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
    beyond: int = 0
    unread: int = 0
    damaged_blocks: int = 0
    damaged_points: int = 0
    more_not_positive: bool = False
    is_about: bool = False
    has_vague_marks: bool = False
    dash: int = 0

    @property
    def is_thinned(self) -> bool:
        return self.drawn + self.nan_count + self.infinity_count + self.not_positive_count < self.total

    @property
    def drawn(self) -> int:
        """Points drawn in the range looked at, breaks not counted."""
        return int(np.isfinite(self.y).sum()) - self.beyond


@dataclass(frozen=True)
class LineChart:
    """`x_unit`: what x counts beside steps and dates: seconds, minutes or hours, as `s`, `min`, `h`.

    `points_a_part`: of so many points at most, parts that are not read whole are known by first, last, lowest and
    highest. `note`: what else is to be said under the chart.
    """

    title: str
    series: tuple[Series, ...]
    x_axis: XAxis = XAxis.STEP
    x_unit: str = ""
    y_scale: YScale = YScale.LINEAR
    x_range: tuple[float, float] | None = None
    points_a_part: int = 0
    note: str = ""

    @property
    def x_title(self) -> str:
        if self.x_axis is XAxis.RELATIVE:
            return f"time since start ({self.x_unit})"
        return "time (UTC)" if self.x_axis is XAxis.WALL else "step"

    @property
    def caption(self) -> str:
        """How much of the data is drawn, and what cannot be drawn as a point."""
        return caption(self)
