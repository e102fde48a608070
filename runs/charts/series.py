"""What a line chart shows, apart from how it is drawn: `metric_lines` makes Plotly of it, `svg` SVG."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from runs.charts.caption import caption
from runs.charts.story import story


class XAxis(StrEnum):
    STEP = "step"
    RELATIVE = "relative"
    PROCESS = "process"
    WALL = "wall"
    METRIC = "metric"


class YScale(StrEnum):
    LINEAR = "linear"
    LOG = "log"


class Role(StrEnum):
    """What a line is: a run, a run of a group drawn faintly, or a group's mean."""

    RUN = "run"
    MEMBER = "member"
    MEAN = "mean"


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

    `line_id`: a run_id, or the key of a group; `is_baseline`: drawn with emphasis. `above_x`, `below_x`: where points
    are cut off by an axis that does not reach them, of which there are so many. `low`, `high`: a band around a
    mean, a value for each of `x`, and `members`: of how many runs that is.
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
    line_id: str = ""
    role: Role = Role.RUN
    is_baseline: bool = False
    above_x: np.ndarray = field(default_factory=none)
    below_x: np.ndarray = field(default_factory=none)
    above_count: int = 0
    below_count: int = 0
    low: np.ndarray = field(default_factory=none)
    high: np.ndarray = field(default_factory=none)
    members: np.ndarray = field(default_factory=none)

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
    highest. `note`: what else is to be said under the chart. `x_name`: the metric that x is; `y_range`: what of y is
    shown, where that is not all. `lower_is_better`: None where nobody knows.
    """

    title: str
    series: tuple[Series, ...]
    x_axis: XAxis = XAxis.STEP
    x_unit: str = ""
    y_scale: YScale = YScale.LINEAR
    x_range: tuple[float, float] | None = None
    points_a_part: int = 0
    note: str = ""
    x_name: str = ""
    y_range: tuple[float, float] | None = None
    lower_is_better: bool | None = None

    @property
    def is_time(self) -> bool:
        """Along seconds, minutes or hours."""
        return self.x_axis in (XAxis.RELATIVE, XAxis.PROCESS)

    @property
    def x_title(self) -> str:
        if self.x_axis is XAxis.RELATIVE:
            return f"time since start ({self.x_unit})"
        if self.x_axis is XAxis.PROCESS:
            return f"process time ({self.x_unit})"
        if self.x_axis is XAxis.METRIC:
            return self.x_name
        return "time (UTC)" if self.x_axis is XAxis.WALL else "step"

    @property
    def caption(self) -> str:
        """How much of the data is drawn, and what cannot be drawn as a point."""
        return caption(self)

    @property
    def story(self) -> str:
        """What the lines do, as a sentence; empty where there is none to tell."""
        return story(self)
