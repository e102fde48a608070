"""Settings of a metric's chart, as its address has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from runs.charts.series import XAxis, YScale
from runs.metrics.group_mean import Band
from runs.metrics.smoothing import Smoothing

DEFAULT_PIXELS, MOST_PIXELS = 600, 2_500
METRIC_PREFIX = "metrics."
ROBUST = "robust"
# Seconds, for ends of a range that name their unit: `x_from=2.5min`.
UNITS = {"h": 3600.0, "min": 60.0, "s": 1.0}


@dataclass(frozen=True)
class PanelOptions:
    """Settings of a chart as its address has them: `x`, `y`, `scale`, `smooth`, `band`, `x_from`, `x_to`, `width`.

    `x=metrics.epoch` is another metric, `x_key`. The ends of the range count as the axis does: steps, milliseconds
    since the epoch, values, or time in `x_unit` (that of the axis where it is empty). `is_robust`: y is the 5th to
    95th percentile. What an address says wrongly is as if it did not say it.
    """

    x: XAxis = XAxis.STEP
    y: YScale = YScale.LINEAR
    smoothing: Smoothing | None = None
    x_from: float | None = None
    x_to: float | None = None
    pixels: int = DEFAULT_PIXELS
    x_key: str = ""
    x_unit: str = ""
    is_robust: bool = False
    band: Band = Band.STD

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> PanelOptions:
        x, x_key = axis_of(query.get("x", ""))
        pixels = finite(query.get("width")) or DEFAULT_PIXELS
        (x_from, unit), (x_to, other) = (edge(query.get(name), x) for name in ("x_from", "x_to"))
        if unit != other and x_from is not None and x_to is not None:
            x_from = x_to = None
        if x_from is not None and x_to is not None and x_from >= x_to:
            x_from = x_to = None
        return cls(
            x=x,
            y=next((scale for scale in YScale if scale == query.get("y")), YScale.LINEAR),
            smoothing=Smoothing.parse(query.get("smooth", "")),
            x_from=x_from,
            x_to=x_to,
            pixels=int(min(max(pixels, 100), MOST_PIXELS)),
            x_key=x_key,
            x_unit=unit or other if x_from is not None or x_to is not None else "",
            is_robust=query.get("scale") == ROBUST,
            band=next((band for band in Band if band == query.get("band")), Band.STD),
        )

    @property
    def is_zoomed(self) -> bool:
        return self.x_from is not None or self.x_to is not None

    @property
    def is_log(self) -> bool:
        return self.y is YScale.LOG

    @property
    def smooth(self) -> str | None:
        return str(self.smoothing) if self.smoothing else None

    @property
    def scale(self) -> str | None:
        return ROBUST if self.is_robust else None

    @property
    def needs_all_points(self) -> bool:
        """Where a point stands depends on others, or which of them are seen does."""
        return self.x in (XAxis.PROCESS, XAxis.METRIC) or self.is_robust

    @property
    def most_points(self) -> int:
        """A line with more of them is thinned."""
        return 2 * self.pixels

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep these settings through a form."""
        return parse_qsl(self.query())

    x_choices = (
        (XAxis.STEP, "step"),
        (XAxis.RELATIVE, "time since start"),
        (XAxis.PROCESS, "without pauses"),
        (XAxis.WALL, "wall time"),
    )
    y_choices = (YScale.LINEAR, YScale.LOG)
    scale_choices = ((None, "all values"), (ROBUST, "5–95 %"))
    smoothing_choices = (
        (None, "off"),
        ("ema:0.6", "EMA 0.6"),
        ("ema:0.9", "0.9"),
        ("ema:0.99", "0.99"),
        ("gauss:20", "Gaussian 20"),
        ("mean:50", "mean of 50"),
    )
    band_choices = (
        (Band.STD, "± std"),
        (Band.STDERR, "± std error"),
        (Band.CI95, "95 %"),
        (Band.MINMAX, "min to max"),
        (Band.NONE, "none"),
    )

    @property
    def is_smoothed_otherwise(self) -> bool:
        """By none of the choices."""
        return self.smooth not in {choice for choice, _ in self.smoothing_choices}

    def query(self, **changed: object) -> str:
        """The settings as a query string without what is default anyway; `width` is the drawer's own."""
        values = {
            "x": METRIC_PREFIX + self.x_key if self.x is XAxis.METRIC else self.x,
            "y": self.y,
            "scale": self.scale,
            "smooth": self.smooth,
            "band": self.band,
            "x_from": with_unit(self.x_from, self.x_unit),
            "x_to": with_unit(self.x_to, self.x_unit),
        } | changed
        defaults = {"x": XAxis.STEP, "y": YScale.LINEAR, "band": Band.STD}
        return urlencode({key: value for key, value in values.items() if value not in (None, defaults.get(key))})


def axis_of(text: str) -> tuple[XAxis, str]:
    if text.startswith(METRIC_PREFIX) and len(text) > len(METRIC_PREFIX) and "\0" not in text:
        return XAxis.METRIC, text.removeprefix(METRIC_PREFIX)
    return next((axis for axis in XAxis if axis == text and axis is not XAxis.METRIC), XAxis.STEP), ""


def with_unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{short(value)}{unit}"


def short(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e5 and float(f"{value:g}") == value else repr(value)


def finite(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def edge(text: str | None, x: XAxis) -> tuple[float | None, str]:
    """An end of the range, and its unit; Plotly tells those of a time axis as dates in UTC."""
    text = (text or "").strip()
    if x in (XAxis.RELATIVE, XAxis.PROCESS):
        unit = next((unit for unit in ("min", "h", "s") if text.endswith(unit)), "")
        return finite(text.removesuffix(unit)), unit
    value = finite(text)
    if value is None and text and x is XAxis.WALL:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000, ""
        except (ValueError, OverflowError):
            return None, ""
    return value, ""
