"""Two values of each run against each other, with the line through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.html import escape

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale, Brush, brush
from runs.charts.colour_by import ColourBy
from runs.charts.labels import plotly_text
from runs.charts.svg import Box, path
from runs.charts.svg_parts import Frame, dots
from runs.importance.trend import Trend

# Side of the squares in which one dot hides the next, in shares of the plot.
FINEST = 1 / 400
MOST_DRAWN = 4000
# Dots of a category are spread about its place, so that they do not hide each other.
SPREAD = 0.22


@dataclass(frozen=True)
class Point:
    run_id: str
    name: str


@dataclass(frozen=True)
class Scatter:
    """`x` and `y` are finite and lie on the axes; `points` says whose they are, `drawn` which are drawn.

    The trend is in the numbers of the axes: in their powers where these are logarithmic. `marked`: the run to find.
    """

    title: str
    x_axis: Axis
    y_axis: Axis
    x: np.ndarray
    y: np.ndarray
    drawn: np.ndarray
    points: Sequence[Point]
    colour: ColourBy = field(default_factory=ColourBy)
    trend: Trend | None = None
    sentences: tuple[str, ...] = ()
    marked: int | None = None

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return brush("x", self.x_axis), brush("y", self.y_axis)

    @property
    def seen_x(self) -> np.ndarray:
        return spread_out(self.x[self.drawn], self.drawn, self.x_axis)

    @property
    def seen_y(self) -> np.ndarray:
        return spread_out(self.y[self.drawn], self.drawn, self.y_axis)

    # --- Plotly ----------------------------------------------------------------------------------

    def figure(self) -> dict[str, Any]:
        return {
            "data": [*self._trend_traces(), self._points(), *self._mark()],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False, ticks="outside", tickcolor=theme.LINE),
                yaxis=self.y_axis.plotly(),
                dragmode="select",
                selectdirection="any",
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def _points(self) -> dict[str, Any]:
        by = plotly_text(self.colour.title, at_most=40)
        colours = self.colour.texts(self.drawn) if by else [""] * len(self.drawn)
        return {
            "type": "scatter",
            "mode": "markers",
            "x": self.seen_x,
            "y": self.seen_y,
            "customdata": [[point.run_id, plotly_text(point.name)] for point in self.points],
            "text": [
                f"{self._said(self.x_axis, x)}<br>{self._said(self.y_axis, y)}"
                + (f"<br>{by}: {plotly_text(colour)}" if by else "")
                for x, y, colour in zip(self.x[self.drawn].tolist(), self.y[self.drawn].tolist(), colours, strict=True)
            ],
            "hovertemplate": "%{customdata[1]}<br>%{text}<extra></extra>",
            "marker": {"size": 7, "opacity": 0.75, **self.colour.marker(self.drawn)},
        }

    @staticmethod
    def _said(axis: Axis, value: float) -> str:
        return f"{plotly_text(axis.title, at_most=40)}: {plotly_text(written(axis, value))}"

    def _mark(self) -> list[dict[str, Any]]:
        if self.marked is None:
            return []
        return [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [float(self.seen_x[self.marked])],
                "y": [float(self.seen_y[self.marked])],
                "hoverinfo": "skip",
                "marker": {"size": 15, "symbol": "circle-open", "color": theme.TEXT, "line": {"width": 2}},
            }
        ]

    def _trend_traces(self) -> list[dict[str, Any]]:
        if self.trend is None:
            return []
        x, y, low, high = (self._back(one) for one in self._trend_arrays())
        line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": x}
        traces = []
        if len(low):
            edge = {**line, "line": {"width": 0, "color": theme.MUTED}}
            traces += [
                {**edge, "y": low},
                {**edge, "y": high, "fill": "tonexty", "fillcolor": "rgba(128,128,128,0.16)"},
            ]
        return [*traces, {**line, "y": y, "line": {"color": theme.MUTED, "width": 1.6}}]

    def _trend_arrays(self) -> list[tuple[np.ndarray, bool]]:
        trend = self.trend
        return [(trend.x, self.x_axis.is_log), *((one, self.y_axis.is_log) for one in (trend.y, trend.low, trend.high))]

    @staticmethod
    def _back(pair: tuple[np.ndarray, bool]) -> np.ndarray:
        values, is_log = pair
        return np.power(10.0, np.clip(values, -307, 307)) if is_log else values

    # --- SVG -------------------------------------------------------------------------------------

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(self.x_axis, self.y_axis, box)
        x, y = frame.x(self.seen_x), frame.y(self.seen_y)
        parts = [*frame.axes(), *self._trend_drawing(frame), dots(x, y, self.colour.colours(self.drawn))]
        if self.marked is not None:
            parts.append(
                f'<circle cx="{x[self.marked]:.1f}" cy="{y[self.marked]:.1f}" r="7" fill="none"'
                f' stroke="{theme.TEXT}" stroke-width="2"><title>{escape(self.points[self.marked].name)}</title>'
                "</circle>"
            )
        return parts

    def _trend_drawing(self, frame: Frame) -> list[str]:
        if self.trend is None:
            return []
        x, y, low, high = (self._back(one) for one in self._trend_arrays())
        floor, top = frame.floor, 10.0
        across = frame.x(x)
        parts = []
        if len(low):
            edge = np.concatenate([frame.y(high), frame.y(low)[::-1]])
            around = path(np.concatenate([across, across[::-1]]), np.clip(edge, top, floor))
            parts.append(f'<path d="{around}Z" fill="{theme.MUTED}" opacity="0.14"/>')
        line = path(across, np.clip(frame.y(y), top, floor))
        return [*parts, f'<path d="{line}" fill="none" stroke="{theme.MUTED}" stroke-width="{theme.LINE_WIDTH}"/>']


def written(axis: Axis, value: float) -> str:
    from runs.charts.ticks import written_time
    from trackui.formats import number

    if axis.scale is AxisScale.CATEGORY:
        return axis.categories[int(value)]
    return written_time(value, "%d %b %Y %H:%M") if axis.scale is AxisScale.TIME else number(value)


def spread_out(values: np.ndarray, positions: np.ndarray, axis: Axis) -> np.ndarray:
    """Beside their place where that is a category: always the same for the same point."""
    if axis.scale is not AxisScale.CATEGORY:
        return values
    return values + (np.modf(positions * 0.6180339887498949)[0] * 2 - 1) * SPREAD


def visible_points(x: np.ndarray, y: np.ndarray, x_axis: Axis, y_axis: Axis, *, most: int = MOST_DRAWN) -> np.ndarray:
    """Positions of points that leave the picture as it is: one a square, in squares as fine as give so many."""
    if len(x) <= most:
        return np.arange(len(x))
    across, up = _shares(x, x_axis), _shares(y, y_axis)
    cell = FINEST
    while True:
        squares = np.floor(across / cell).astype("i8") * (int(1 / cell) + 2) + np.floor(up / cell).astype("i8")
        _, first = np.unique(squares, return_index=True)
        if len(first) <= most:
            return np.sort(first)
        cell *= 1.4


def _shares(values: np.ndarray, axis: Axis) -> np.ndarray:
    low, high = axis.low, axis.high
    if axis.is_log:
        values, low, high = np.log10(values), np.log10(low), np.log10(high)
    if axis.scale is AxisScale.CATEGORY:
        values = spread_out(values, np.arange(len(values)), axis)
    span = high / 2 - low / 2
    return (values / 2 - low / 2) / span if span else np.zeros(len(values))
