"""How often which values occur."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale, Brush, brush
from runs.charts.bins import Bins
from runs.charts.labels import plotly_text
from runs.charts.svg import Box
from runs.charts.svg_parts import Frame, rectangle
from runs.charts.ticks import brief, written_time

COLOUR = "var(--run-1)"
GAP = 1.0


@dataclass(frozen=True)
class Histogram:
    title: str
    axis: Axis
    bins: Bins
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return (brush("x", self.axis),)

    @property
    def count_axis(self) -> Axis:
        return Axis("runs", AxisScale.LINEAR, 0.0, max(float(self.bins.counts.max()), 1.0) * 1.05)

    @property
    def x_axis(self) -> Axis:
        """As wide as the bins."""
        axis, edges = self.axis, self.bins.edges
        return replace(axis, low=float(edges[0]), high=float(edges[-1]))

    def texts(self) -> list[str]:
        """What each bar is of."""
        if self.axis.scale is AxisScale.CATEGORY:
            return list(self.axis.categories)
        edges = [self._edge(edge) for edge in self.bins.edges.tolist()]
        return [f"{low} to {high}" for low, high in pairwise(edges)]

    def _edge(self, value: float) -> str:
        return written_time(value, "%d %b %Y %H:%M") if self.axis.scale is AxisScale.TIME else brief(value)

    def figure(self) -> dict[str, Any]:
        """Bars stand at their middles; on a logarithmic axis Plotly takes widths in values, not in powers."""
        edges = self.bins.edges
        low, high = edges[:-1], edges[1:]
        return {
            "data": [
                {
                    "type": "bar",
                    "x": low / 2 + high / 2,
                    "y": self.bins.counts.astype("f8"),
                    "width": high - low,
                    "text": [plotly_text(text) for text in self.texts()],
                    "textposition": "none",
                    "hovertemplate": "%{text}<br>%{y} runs<extra></extra>",
                    "marker": {"color": COLOUR, "line": {"width": 1, "color": "var(--bg)"}},
                }
            ],
            "layout": theme.layout(
                xaxis=self.axis.plotly(showgrid=False),
                yaxis=self.count_axis.plotly(rangemode="tozero"),
                dragmode="select",
                selectdirection="h",
                bargap=0,
                meta={"caption": self.caption},
            ),
        }

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(self.x_axis, self.count_axis, box)
        starts, ends = frame.x(self.bins.edges[:-1]), frame.x(self.bins.edges[1:])
        bars = [
            rectangle(
                start + GAP / 2,
                float(frame.y(n)),
                end - start - GAP,
                frame.floor - float(frame.y(n)),
                fill=COLOUR,
                title=f"{text}: {n:,} runs",
            )
            for start, end, n, text in zip(
                starts.tolist(), ends.tolist(), self.bins.counts.tolist(), self.texts(), strict=True
            )
        ]
        return [*frame.axes(), *bars]
