"""An axis of a figure over runs: what it counts, where its ticks are, and how Plotly and SVG draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.labels import plotly_text
from runs.charts.ticks import Tick, linear_ticks, log_ticks, time_ticks

# From this ratio of greatest to least on, positive numbers are drawn by their powers.
DECADES = 100.0
ROOM = 0.04


class AxisScale(StrEnum):
    LINEAR = "linear"
    LOG = "log"
    TIME = "time"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Axis:
    """`low` to `high` is what is drawn. `categories`: what stands at 0, 1, 2, …; then both are around them.

    `spec`: the key as addresses name it. `values`: how many of the categories are values of it; those after them say
    that there is none, or gather others.
    """

    title: str
    scale: AxisScale
    low: float
    high: float
    categories: tuple[str, ...] = ()
    spec: str = ""
    values: int = 0

    @property
    def is_log(self) -> bool:
        return self.scale is AxisScale.LOG

    def ticks(self, *, about: int) -> list[Tick]:
        match self.scale:
            case AxisScale.CATEGORY:
                every = -(-len(self.categories) // max(about, 1)) if len(self.categories) > 2 * about else 1
                return [(float(at), text) for at, text in enumerate(self.categories) if at % every == 0]
            case AxisScale.LOG:
                return log_ticks(self.low, self.high, about=about)
            case AxisScale.TIME:
                return time_ticks(self.low, self.high, about=about)
        return linear_ticks(self.low, self.high, about=about)

    def plotly(self, **more: Any) -> dict[str, Any]:
        """Categories are numbers with texts at them, so that what is brushed are numbers in all axes alike."""
        axis = theme.axis(**more)
        axis["title"]["text"] = plotly_text(self.title)
        if self.scale is AxisScale.CATEGORY:
            texts = [plotly_text(text, at_most=28) for text in self.categories]
            return axis | {"tickvals": list(range(len(texts))), "ticktext": texts, "range": [self.low, self.high]}
        if self.scale is AxisScale.TIME:
            return axis | {"type": "date"}
        decades = {"dtick": 1} if self.is_log and spans_decades(np.array([self.low, self.high])) else {}
        return axis | {"type": self.scale.value, "exponentformat": "e", **decades}


@dataclass(frozen=True, slots=True)
class Brush:
    """An axis on which runs can be chosen: by some `values`, else by two ends. `name`: which axis of the figure."""

    name: str
    spec: str
    label: str
    values: tuple[str, ...] = ()


def brush(name: str, axis: Axis) -> Brush:
    return Brush(name, axis.spec, axis.title, axis.categories[: axis.values])


def number_axis(title: str, values: np.ndarray, *, scale: AxisScale | None = None, spec: str = "") -> Axis:
    """Over finite values, with some room. Without a scale: logarithmic where they are positive and span decades."""
    values = values[np.isfinite(values)]
    if scale is None:
        scale = AxisScale.LOG if spans_decades(values) else AxisScale.LINEAR
    if scale is AxisScale.LOG:
        values = values[values > 0]
    if not len(values):
        return Axis(title, scale, *((0.1, 1.0) if scale is AxisScale.LOG else (0.0, 1.0)), spec=spec)
    low, high = float(values.min()), float(values.max())
    if scale is AxisScale.LOG:
        factor = (high / low) ** ROOM if high > low else 2.0
        return Axis(title, scale, max(low / factor, 5e-324), min(high * factor, 1.7e308), spec=spec)
    # Halved: the range of two doubles need not be a double.
    room = (high / 2 - low / 2) * 2 * ROOM if high > low else abs(low) / 2 or 0.5
    return Axis(title, scale, max(low - room, -1.7e308), min(high + room, 1.7e308), spec=spec)


def spans_decades(values: np.ndarray) -> bool:
    return len(values) > 1 and bool(values.min() > 0) and bool(values.max() / DECADES >= values.min())


def category_axis(title: str, categories: Sequence[str], *, spec: str = "", values: int | None = None) -> Axis:
    names = tuple(categories)
    known = len(names) if values is None else values
    return Axis(title, AxisScale.CATEGORY, -0.6, max(len(names), 1) - 0.4, names, spec, known)
