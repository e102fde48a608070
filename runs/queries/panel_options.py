"""Settings of a metric's chart, as its address has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from runs.charts.series import XAxis, YScale

DEFAULT_PIXELS, MOST_PIXELS = 600, 2_500
STRONGEST_SMOOTHING = 0.999


@dataclass(frozen=True)
class PanelOptions:
    """Settings of a chart as its address has them: `x`, `y`, `smooth`, `x_from`, `x_to` and `width`.

    The ends of the range count as the axis does: steps, time since the start of the run in the unit of the axis, or
    milliseconds since the epoch. What an address says wrongly is as if it did not say it.
    """

    x: XAxis = XAxis.STEP
    y: YScale = YScale.LINEAR
    smoothing: float = 0.0
    x_from: float | None = None
    x_to: float | None = None
    pixels: int = DEFAULT_PIXELS

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> PanelOptions:
        x = next((axis for axis in XAxis if axis == query.get("x")), XAxis.STEP)
        smoothing = finite(query.get("smooth")) or 0.0
        pixels = finite(query.get("width")) or DEFAULT_PIXELS
        x_from, x_to = edge(query.get("x_from"), x), edge(query.get("x_to"), x)
        if x_from is not None and x_to is not None and x_from >= x_to:
            x_from = x_to = None
        return cls(
            x=x,
            y=next((scale for scale in YScale if scale == query.get("y")), YScale.LINEAR),
            smoothing=min(max(smoothing, 0.0), STRONGEST_SMOOTHING),
            x_from=x_from,
            x_to=x_to,
            pixels=int(min(max(pixels, 100), MOST_PIXELS)),
        )

    @property
    def is_zoomed(self) -> bool:
        return self.x_from is not None or self.x_to is not None

    @property
    def is_log(self) -> bool:
        return self.y is YScale.LOG

    @property
    def smooth(self) -> float | None:
        return self.smoothing or None

    @property
    def most_points(self) -> int:
        """A line with more of them is thinned."""
        return 2 * self.pixels

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep these settings through a form."""
        return parse_qsl(self.query())

    x_choices = ((XAxis.STEP, "step"), (XAxis.RELATIVE, "time since start"), (XAxis.WALL, "wall time"))
    y_choices = (YScale.LINEAR, YScale.LOG)
    smoothing_choices = ((None, "off"), (0.6, "0.6"), (0.9, "0.9"), (0.97, "0.97"))

    def query(self, **changed: object) -> str:
        """The settings as a query string without what is default anyway; `width` is the drawer's own."""
        values = {
            "x": self.x,
            "y": self.y,
            "smooth": self.smoothing,
            "x_from": self.x_from,
            "x_to": self.x_to,
        } | changed
        defaults = {"x": XAxis.STEP, "y": YScale.LINEAR, "smooth": 0.0, "x_from": None, "x_to": None}
        return urlencode({key: short(value) for key, value in values.items() if value != defaults[key]})


def short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)


def finite(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def edge(text: str | None, x: XAxis) -> float | None:
    """An end of the range; Plotly tells those of a time axis as dates in UTC."""
    value = finite(text)
    if value is None and text and x is XAxis.WALL:
        try:
            return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC).timestamp() * 1000
        except ValueError:
            return None
    return value
