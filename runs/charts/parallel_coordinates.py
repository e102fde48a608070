"""Each run a line through its values, an axis a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale, Brush, brush
from runs.charts.colour_by import SCALE, ColourBy
from runs.charts.labels import one_line, plotly_text
from runs.charts.svg import Box
from runs.charts.svg_parts import label

# Where a run without a value crosses an axis: so far below the others, in shares of the axis.
BELOW = 0.12
LARGEST = np.finfo("f8").max
NO_VALUE = "no value"
MOST_IN_DRAWING = 1500


@dataclass(frozen=True)
class Dimension:
    """`at`: where each run crosses, NaN where it has no value that the axis could show."""

    axis: Axis
    at: np.ndarray

    @property
    def lacks(self) -> bool:
        return bool(np.isnan(self.at).any())

    @property
    def ends(self) -> tuple[float, float]:
        """In the numbers that are drawn: powers on logarithmic axes."""
        axis = self.axis
        low, high = (np.log10(axis.low), np.log10(axis.high)) if axis.is_log else (axis.low, axis.high)
        return float(low), float(high)

    @property
    def bottom(self) -> float:
        low, high = self.ends
        return max(low - (high / 2 - low / 2) * (2 * BELOW), -LARGEST)

    @property
    def crossings(self) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.log10(self.at) if self.axis.is_log else self.at
        return np.where(np.isnan(at), self.bottom, at)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        is_log = self.axis.is_log
        ticks = self.axis.ticks(about=40 if self.axis.scale is AxisScale.CATEGORY else 6)
        ticks = [(float(np.log10(at)) if is_log else at, text) for at, text in ticks]
        return [(self.bottom, NO_VALUE), *ticks] if self.lacks else ticks

    @property
    def range(self) -> tuple[float, float]:
        low, high = self.ends
        return (self.bottom if self.lacks else low), high

    def shares(self, at: np.ndarray) -> np.ndarray:
        """How far up the axis, from 0 to 1. Halved: the range of two doubles need not be a double."""
        low, high = self.range
        span = high / 2 - low / 2
        return (at / 2 - low / 2) / span if span else np.full(len(at), 0.5)


@dataclass(frozen=True)
class ParallelCoordinates:
    title: str
    dimensions: Sequence[Dimension]
    colour: ColourBy
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return tuple(brush(str(number), one.axis) for number, one in enumerate(self.dimensions))

    def figure(self) -> dict[str, Any]:
        trace = {
            "type": "parcoords",
            "dimensions": [self._dimension(one) for one in self.dimensions],
            "line": self._line(),
            "labelfont": {"color": theme.TEXT, "size": 12},
            "tickfont": {"color": theme.MUTED, "size": 11},
            "rangefont": {"color": theme.TRANSPARENT, "size": 1},
            "unselected": {"line": {"color": theme.LINE, "opacity": 0.35}},
        }
        meta = {"caption": self.caption, "logarithmic": [one.axis.is_log for one in self.dimensions]}
        return {
            "data": [trace],
            "layout": theme.layout(margin={"l": self._margin(), "r": 40, "t": 44, "b": 16}, meta=meta),
        }

    def _margin(self) -> int:
        """Room for the ticks of the first axis, which stand before it."""
        longest = max((len(tick_text(text)) for _, text in self.dimensions[0].ticks), default=0)
        return 20 + 7 * longest

    @staticmethod
    def _dimension(one: Dimension) -> dict[str, Any]:
        ticks = one.ticks
        return {
            "label": plotly_text(one.axis.title, at_most=24),
            "values": one.crossings,
            "range": list(one.range),
            "tickvals": [at for at, _ in ticks],
            "ticktext": [tick_text(text) for _, text in ticks],
        }

    def _line(self) -> dict[str, Any]:
        if self.colour.numbers is None:
            return {"color": "var(--run-1)"}
        low, high = self.colour.ends()
        shown = self.colour.shown
        return {
            # A run without the number is drawn as the least; the caption counts them.
            "color": np.where(np.isfinite(shown), shown, low),
            "colorscale": SCALE,
            "cmin": low,
            "cmax": high,
            "showscale": False,
        }

    def drawing(self, box: Box) -> list[str]:
        left, right, top, floor = 60.0, box.width - 60.0, 34.0, box.height - 20.0
        across = np.linspace(left, right, max(len(self.dimensions), 2))[: len(self.dimensions)]
        heights = [self._heights(one, top, floor) for one in self.dimensions]
        return [*self._lines(across, heights), *self._axes(across, top, floor)]

    @staticmethod
    def _heights(one: Dimension, top: float, floor: float) -> np.ndarray:
        return floor - one.shares(one.crossings) * (floor - top)

    def _lines(self, across: np.ndarray, heights: Sequence[np.ndarray]) -> list[str]:
        runs = len(heights[0]) if heights else 0
        drawn = np.unique(np.linspace(0, runs - 1, min(runs, MOST_IN_DRAWING)).astype(int)) if runs else []
        opacity = max(0.12, min(0.7, 30 / max(len(drawn), 1)))
        paths: dict[str, list[str]] = {}
        for run, colour in zip(drawn, self.colour.colours(np.asarray(drawn, dtype=int)), strict=True):
            points = "L".join(f"{x:.0f} {column[run]:.0f}" for x, column in zip(across, heights, strict=True))
            paths.setdefault(colour, []).append(f"M{points}")
        return [
            f'<path d="{"".join(lines)}" fill="none" stroke="{colour}" opacity="{opacity:.2f}"/>'
            for colour, lines in paths.items()
        ]

    def _axes(self, across: np.ndarray, top: float, floor: float) -> list[str]:
        parts = []
        for number, (x, one) in enumerate(zip(across.tolist(), self.dimensions, strict=True)):
            parts.append(f'<path d="M{x:.0f} {top:.0f}V{floor:.0f}" stroke="{theme.LINE_STRONG}"/>')
            parts.append(label(one.axis.title, x, 12 if number % 2 == 0 else 26, at_most=22, fill=theme.TEXT))
            heights = one.shares(np.array([at for at, _ in one.ticks])) * (floor - top)
            for (_, text), y in zip(one.ticks, (floor - heights).tolist(), strict=True):
                parts.append(label(text, x - 6, y + 4, anchor="end", at_most=14))
        return parts


def tick_text(text: str) -> str:
    """Plotly writes the ticks of these axes as they are, without reading tags in them."""
    return one_line(text, at_most=20)
