"""How a metric spreads in each group: a box a group, every run as a dot where they are few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, Brush, brush
from runs.charts.groups import GroupNumbers
from runs.charts.labels import one_line, plotly_text
from runs.charts.scatter import Point, spread_out
from runs.charts.svg import Box as Size
from runs.charts.svg_parts import Frame, dots, rectangle
from trackui.formats import number

FILL = "rgba(0,114,178,0.16)"
COLOUR = "var(--run-1)"
WIDTH = 0.56


@dataclass(frozen=True)
class BoxPlot:
    """`places`: on which category each group stands. `dot_x`, `dot_y`: runs as dots, those of `points`; all, or those
    beyond the whiskers."""

    title: str
    x_axis: Axis
    y_axis: Axis
    groups: Sequence[GroupNumbers]
    places: Sequence[int]
    dot_x: np.ndarray
    dot_y: np.ndarray
    points: Sequence[Point]
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        across = (brush("x", self.x_axis),) if self.x_axis.values else ()
        return *across, brush("y", self.y_axis)

    @property
    def spread_x(self) -> np.ndarray:
        return spread_out(self.dot_x, np.arange(len(self.dot_x)), self.x_axis)

    def figure(self) -> dict[str, Any]:
        groups = self.groups
        boxes = {
            "type": "box",
            "x": np.array(self.places, dtype="f8"),
            "q1": [group.quartile_1 for group in groups],
            "median": [group.median for group in groups],
            "q3": [group.quartile_3 for group in groups],
            "lowerfence": [group.lower for group in groups],
            "upperfence": [group.upper for group in groups],
            "mean": [group.mean for group in groups],
            "boxpoints": False,
            "width": WIDTH,
            "line": {"color": COLOUR, "width": 1.4},
            "fillcolor": FILL,
            "hoverinfo": "skip",
        }
        middles = {
            "type": "scatter",
            "mode": "markers",
            "x": np.array(self.places, dtype="f8"),
            "y": [group.median for group in groups],
            "text": ["<br>".join(map(plotly_text, said(group).split("\n"))) for group in groups],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"size": 22, "opacity": 0},
        }
        return {
            "data": [boxes, self._dots(), middles],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False),
                yaxis=self.y_axis.plotly(),
                dragmode="select",
                selectdirection="any",
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def _dots(self) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "x": self.spread_x,
            "y": self.dot_y,
            "customdata": [[point.run_id, plotly_text(point.name)] for point in self.points],
            "hovertemplate": "%{customdata[1]}<br>%{y:.6~g}<extra></extra>",
            "marker": {"size": 6, "opacity": 0.65, "color": COLOUR},
        }

    def drawing(self, box: Size) -> list[str]:
        frame = Frame(self.x_axis, self.y_axis, box)
        parts = frame.axes()
        for group, place in zip(self.groups, self.places, strict=True):
            parts += self._box(frame, group, place)
        return [*parts, dots(frame.x(self.spread_x), frame.y(self.dot_y), [COLOUR] * len(self.dot_x), radius=2.6)]

    @staticmethod
    def _box(frame: Frame, group: GroupNumbers, place: int) -> list[str]:
        left, right = (float(frame.x(place + side * WIDTH / 2)) for side in (-1, 1))
        lower, first, middle, third, upper = (
            float(frame.y(value))
            for value in (group.lower, group.quartile_1, group.median, group.quartile_3, group.upper)
        )
        at = (left + right) / 2
        stroke = f'stroke="{COLOUR}" stroke-width="1.4" fill="none"'
        return [
            f'<path d="M{at:.1f} {lower:.1f}V{first:.1f}M{at:.1f} {third:.1f}V{upper:.1f}" {stroke}/>',
            rectangle(
                left, third, right - left, first - third, fill=FILL, title=said(group), more=f' stroke="{COLOUR}"'
            ),
            f'<path d="M{left:.1f} {middle:.1f}H{right:.1f}" stroke="{COLOUR}" stroke-width="2.4"/>',
        ]


def said(group: GroupNumbers) -> str:
    quartiles = f"quartiles {number(group.quartile_1)} to {number(group.quartile_3)}"
    ends = f"from {number(group.least)} to {number(group.greatest)}"
    return f"{one_line(group.name)}: n = {group.n:,}\nmedian {number(group.median)}, {quartiles}\n{ends}"
