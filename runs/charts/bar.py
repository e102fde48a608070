"""The mean of a metric in each group with its interval: bars from zero, or dots where zero is far off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, Brush, brush
from runs.charts.groups import GroupNumbers
from runs.charts.labels import plotly_text
from runs.charts.svg import Box
from runs.charts.svg_parts import Frame, label, rectangle
from trackui.formats import number

COLOUR = "var(--run-1)"
WIDTH = 0.6


@dataclass(frozen=True)
class BarChart:
    """`from_zero`: bars, whose length is then the mean; else dots, which say nothing by their height alone."""

    title: str
    x_axis: Axis
    y_axis: Axis
    groups: Sequence[GroupNumbers]
    places: Sequence[int]
    from_zero: bool = True
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return (brush("x", self.x_axis),) if self.x_axis.values else ()

    def figure(self) -> dict[str, Any]:
        trace = {
            "x": np.array(self.places, dtype="f8"),
            "y": np.array([group.mean for group in self.groups]),
            "text": [plotly_text(said(group)) for group in self.groups],
            "hovertemplate": "%{text}<extra></extra>",
            "error_y": {
                "type": "data",
                "array": [group.half or 0.0 for group in self.groups],
                "color": theme.TEXT,
                "thickness": 1.4,
                "width": 6,
            },
        }
        if self.from_zero:
            trace |= {
                "type": "bar",
                "width": WIDTH,
                "textposition": "none",
                "marker": {"color": COLOUR, "opacity": 0.8},
            }
        else:
            trace |= {"type": "scatter", "mode": "markers", "marker": {"color": COLOUR, "size": 10}}
        return {
            "data": [trace],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False),
                yaxis=self.y_axis.plotly(range=[self.y_axis.low, self.y_axis.high]),
                dragmode="select",
                selectdirection="h",
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(self.x_axis, self.y_axis, box)
        parts = frame.axes()
        for group, place in zip(self.groups, self.places, strict=True):
            parts += self._group(frame, group, place)
        return parts

    def _group(self, frame: Frame, group: GroupNumbers, place: int) -> list[str]:
        at, top = float(frame.x(place)), float(frame.y(group.mean))
        if self.from_zero:
            zero = float(frame.y(0.0))
            left, right = (float(frame.x(place + side * WIDTH / 2)) for side in (-1, 1))
            fill = rectangle(
                left,
                min(top, zero),
                right - left,
                abs(zero - top),
                fill=COLOUR,
                title=said(group),
                more=' opacity="0.8"',
            )
        else:
            fill = f'<circle cx="{at:.1f}" cy="{top:.1f}" r="5" fill="{COLOUR}"/>'
        parts = [fill]
        if group.half is not None:
            lowest, highest = self.y_axis.low, self.y_axis.high
            ends = (min(max(group.mean + side * group.half, lowest), highest) for side in (1, -1))
            high, low = (float(frame.y(end)) for end in ends)
            parts.append(
                f'<path d="M{at:.1f} {high:.1f}V{low:.1f}M{at - 4:.1f} {high:.1f}h8M{at - 4:.1f} {low:.1f}h8"'
                f' stroke="{theme.TEXT}" stroke-width="1.4"/>'
            )
        return [*parts, label(f"n = {group.n:,}", at, 20, at_most=12)]


def said(group: GroupNumbers) -> str:
    interval = f" ± {number(group.half)}" if group.half is not None else ", one run: no interval"
    return f"{group.name}: {number(group.mean)}{interval}, n = {group.n:,}"
