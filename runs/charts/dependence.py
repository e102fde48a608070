"""What is expected of a metric as one param changes: the mean over runs, how far runs differ, and some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale
from runs.charts.svg import Box, path
from runs.charts.svg_parts import Frame

COLOUR = "var(--run-1)"
FAINT = "rgba(128,128,128,0.28)"
BAND = "rgba(0,114,178,0.14)"


@dataclass(frozen=True)
class DependenceChart:
    """`x` on its axis; `low` to `high` holds four fifths of the runs; `lines` are single runs."""

    title: str
    x_axis: Axis
    y_axis: Axis
    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lines: Sequence[np.ndarray]
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def is_category(self) -> bool:
        return self.x_axis.scale is AxisScale.CATEGORY

    def figure(self) -> dict[str, Any]:
        mode = "markers" if self.is_category else "lines"
        skipped = {"type": "scatter", "x": self.x, "hoverinfo": "skip"}
        single = [
            {
                **skipped,
                "y": line,
                "mode": mode,
                "line": {"width": 1, "color": FAINT},
                "marker": {"size": 4, "color": FAINT},
            }
            for line in self.lines
        ]
        edge = {**skipped, "mode": "lines", "line": {"width": 0, "color": COLOUR}}
        band = [{**edge, "y": self.low}, {**edge, "y": self.high, "fill": "tonexty", "fillcolor": BAND}]
        mean = {
            "type": "scatter",
            "x": self.x,
            "y": self.mean,
            "mode": "markers" if self.is_category else "lines+markers",
            "line": {"width": 2.4, "color": COLOUR},
            "marker": {"size": 12 if self.is_category else 5, "color": COLOUR},
            "hovertemplate": "mean %{y:.5~g}<extra></extra>",
        }
        return {
            "data": [*single, *([] if self.is_category else band), mean],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False, ticks="outside", tickcolor=theme.LINE),
                yaxis=self.y_axis.plotly(),
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(self.x_axis, self.y_axis, box)
        x = frame.x(self.x)
        parts = frame.axes()
        if self.is_category:
            for at, low, high, mean in zip(
                x.tolist(), *(frame.y(one).tolist() for one in (self.low, self.high, self.mean)), strict=True
            ):
                parts.append(f'<path d="M{at:.1f} {low:.1f}V{high:.1f}" stroke="{COLOUR}" stroke-width="1.4"/>')
                parts.append(f'<circle cx="{at:.1f}" cy="{mean:.1f}" r="6" fill="{COLOUR}"/>')
            return parts
        for line in self.lines:
            parts.append(f'<path d="{path(x, frame.y(line))}" fill="none" stroke="{FAINT}"/>')
        around = path(np.concatenate([x, x[::-1]]), np.concatenate([frame.y(self.high), frame.y(self.low)[::-1]]))
        parts.append(f'<path d="{around}Z" fill="{BAND}"/>')
        return [*parts, f'<path d="{path(x, frame.y(self.mean))}" fill="none" stroke="{COLOUR}" stroke-width="2.4"/>']
