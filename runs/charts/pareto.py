"""Runs by two metrics, those that no other beats in all of them brought out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, Brush, brush
from runs.charts.colour_by import ColourBy
from runs.charts.labels import plotly_text
from runs.charts.scatter import Point
from runs.charts.svg import Box, path
from runs.charts.svg_parts import Frame, dots

BEATEN = "var(--control)"
FRONT = "var(--run-2)"


@dataclass(frozen=True)
class ParetoFront:
    """`front` in order of x; `steps`: the edge of what the front beats, for two metrics. `z`: the third, by colour."""

    title: str
    x_axis: Axis
    y_axis: Axis
    beaten_x: np.ndarray
    beaten_y: np.ndarray
    beaten: Sequence[Point]
    front_x: np.ndarray
    front_y: np.ndarray
    front: Sequence[Point]
    steps: tuple[np.ndarray, np.ndarray] | None = None
    z: ColourBy = field(default_factory=ColourBy)
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def colour(self) -> ColourBy:
        return self.z

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return brush("x", self.x_axis), brush("y", self.y_axis)

    def figure(self) -> dict[str, Any]:
        traces = [self._dots("beaten", self.beaten_x, self.beaten_y, self.beaten)]
        traces[0]["marker"] = {"size": 6, "color": BEATEN, "opacity": 0.5}
        if self.steps is not None:
            x, y = self.steps
            line = {"color": FRONT, "width": 1.4, "dash": "dot"}
            traces.append({"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"})
        front = self._dots("front", self.front_x, self.front_y, self.front)
        every = np.arange(len(self.front_x))
        colours = {"color": FRONT} if self.z.numbers is None else self.z.marker(every)
        front["marker"] = {"size": 11, "line": {"width": 1.5, "color": "var(--bg)"}, **colours}
        if self.z.title:
            front["text"] = [plotly_text(f"{self.z.title}: {text}") for text in self.z.texts(every)]
            front["hovertemplate"] = front["hovertemplate"].replace("<extra>", "<br>%{text}<extra>")
        return {
            "data": [*traces, front],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False, ticks="outside", tickcolor=theme.LINE),
                yaxis=self.y_axis.plotly(),
                dragmode="select",
                selectdirection="any",
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def _dots(self, name: str, x: np.ndarray, y: np.ndarray, points: Sequence[Point]) -> dict[str, Any]:
        across, up = (plotly_text(axis.title, at_most=40).replace("%", "&#37;") for axis in (self.x_axis, self.y_axis))
        return {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": x,
            "y": y,
            "customdata": [[point.run_id, plotly_text(point.name)] for point in points],
            "hovertemplate": f"%{{customdata[1]}}<br>{across}: %{{x:.6~g}}<br>{up}: %{{y:.6~g}}<extra></extra>",
        }

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(self.x_axis, self.y_axis, box)
        parts = frame.axes()
        parts.append(dots(frame.x(self.beaten_x), frame.y(self.beaten_y), [BEATEN] * len(self.beaten_x), opacity=0.5))
        if self.steps is not None:
            line = path(frame.x(self.steps[0]), frame.y(self.steps[1]))
            parts.append(f'<path d="{line}" fill="none" stroke="{FRONT}" stroke-dasharray="2 3" stroke-width="1.4"/>')
        every = np.arange(len(self.front_x))
        colours = [FRONT] * len(every) if self.z.numbers is None else self.z.colours(every)
        return [*parts, dots(frame.x(self.front_x), frame.y(self.front_y), colours, radius=5.5, opacity=1)]
