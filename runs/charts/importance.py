"""How much each param explains: a bar each, the most telling one at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale, category_axis
from runs.charts.labels import plotly_text
from runs.charts.svg import Box
from runs.charts.svg_parts import Frame, rectangle
from trackui.formats import number

COLOUR = "var(--run-1)"
NOTHING = "var(--control)"
WIDTH = 0.62
MOST_BARS = 30


@dataclass(frozen=True)
class ImportanceBars:
    """`values` falls; `deviations` are their standard errors. `is_telling`: the forest explains
    something at all."""

    title: str
    names: Sequence[str]
    values: Sequence[float]
    deviations: Sequence[float]
    is_telling: bool = True
    axis_title: str = "share of the metric's variance that is lost without it"
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def shown(self) -> int:
        return min(len(self.names), MOST_BARS)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        values, spread = np.array(self.values[: self.shown]), np.array(self.deviations[: self.shown])
        low = min(0.0, float((values - spread).min())) if self.shown else 0.0
        high = max(1e-6, float((values + spread).max())) if self.shown else 1.0
        room = (high - low) * 0.04
        across = Axis(self.axis_title, AxisScale.LINEAR, low - room, high + room)
        return across, category_axis("", [*self.names[: self.shown]][::-1])

    def figure(self) -> dict[str, Any]:
        across, up = self.axes
        shown = self.shown
        return {
            "data": [
                {
                    "type": "bar",
                    "orientation": "h",
                    "x": np.array(self.values[:shown])[::-1],
                    "y": np.arange(shown, dtype="f8"),
                    "width": WIDTH,
                    "marker": {"color": COLOUR if self.is_telling else NOTHING, "opacity": 0.85},
                    "text": [plotly_text(self._said(at)) for at in range(shown)][::-1],
                    "textposition": "none",
                    "hovertemplate": "%{text}<extra></extra>",
                    "error_x": {
                        "type": "data",
                        "array": np.array(self.deviations[:shown])[::-1],
                        "color": theme.TEXT,
                        "thickness": 1.2,
                        "width": 4,
                    },
                }
            ],
            "layout": theme.layout(
                xaxis=across.plotly(range=[across.low, across.high], zeroline=True),
                yaxis=up.plotly(showgrid=False),
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def _said(self, at: int) -> str:
        return f"{self.names[at]}: {number(self.values[at], 3)} ± {number(self.deviations[at], 3)}"

    def drawing(self, box: Box) -> list[str]:
        across, up = self.axes
        frame = Frame(across, up, box)
        zero = float(frame.x(0.0))
        parts = frame.axes()
        for at in range(self.shown):
            place = self.shown - 1 - at
            top, floor = float(frame.y(place + WIDTH / 2)), float(frame.y(place - WIDTH / 2))
            end = float(frame.x(self.values[at]))
            colour = COLOUR if self.is_telling else NOTHING
            parts.append(
                rectangle(min(zero, end), top, abs(end - zero), floor - top, fill=colour, title=self._said(at))
            )
            low, high = (float(frame.x(self.values[at] + side * self.deviations[at])) for side in (-1, 1))
            middle = (top + floor) / 2
            parts.append(f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}" stroke="{theme.TEXT}" stroke-width="1.2"/>')
        return parts
