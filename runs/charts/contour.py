"""The mean of a metric over a grid of two values. Cells without a run stay empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale, Brush, brush
from runs.charts.colour_by import SCALE, ColourBy, scale_colour
from runs.charts.labels import plotly_text
from runs.charts.svg import Box
from runs.charts.svg_parts import Frame, rectangle
from runs.charts.ticks import brief
from trackui.formats import number


@dataclass(frozen=True)
class Contour:
    """`means` by row (y) and column (x), NaN where `counts` is 0."""

    title: str
    x_axis: Axis
    y_axis: Axis
    z_title: str
    x_edges: np.ndarray
    y_edges: np.ndarray
    means: np.ndarray
    counts: np.ndarray
    sentences: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return " · ".join(self.sentences)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return brush("x", self.x_axis), brush("y", self.y_axis)

    @property
    def colour(self) -> ColourBy:
        return ColourBy(self.z_title, numbers=self.means[np.isfinite(self.means)])

    @property
    def shown(self) -> np.ndarray:
        """The means as colours count them: powers where they span decades."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(self.means) if self.colour.is_log else self.means

    def texts(self) -> list[list[str]]:
        across, up = edge_texts(self.x_axis, self.x_edges), edge_texts(self.y_axis, self.y_edges)
        return [
            [
                f"{self.z_title} {number(float(mean))}, n = {n:,}"
                f" · {self.x_axis.title} {column}, {self.y_axis.title} {row}"
                for mean, n, column in zip(means, counts, across, strict=True)
            ]
            for means, counts, row in zip(self.means, self.counts, up, strict=True)
        ]

    def figure(self) -> dict[str, Any]:
        cells = {
            "type": "heatmap",
            "x": self.x_edges,
            "y": self.y_edges,
            # Plotly takes no two-dimensional packed arrays with holes: rows of numbers and nulls.
            "z": [[value if value == value else None for value in row] for row in self.shown.tolist()],
            "text": [[plotly_text(text, at_most=200) for text in row] for row in self.texts()],
            "hovertemplate": "%{text}<extra></extra>",
            "hoverongaps": False,
            "colorscale": SCALE,
            "xgap": 1,
            "ygap": 1,
            "showscale": False,
        }
        return {
            "data": [cells],
            "layout": theme.layout(
                xaxis=self.x_axis.plotly(showgrid=False),
                yaxis=self.y_axis.plotly(showgrid=False),
                hovermode="closest",
                meta={"caption": self.caption},
            ),
        }

    def drawing(self, box: Box) -> list[str]:
        frame = Frame(
            replace(self.x_axis, low=float(self.x_edges[0]), high=float(self.x_edges[-1])),
            replace(self.y_axis, low=float(self.y_edges[0]), high=float(self.y_edges[-1])),
            box,
        )
        x, y = frame.x(self.x_edges).tolist(), frame.y(self.y_edges).tolist()
        colours, texts = self.colour.share(self.shown), self.texts()
        cells = [
            rectangle(
                x[column] + 0.5,
                y[row + 1] + 0.5,
                x[column + 1] - x[column] - 1,
                y[row] - y[row + 1] - 1,
                fill=scale_colour(float(colours[row, column])),
                title=texts[row][column],
            )
            for row, column in zip(*np.nonzero(self.counts), strict=True)
        ]
        return [*frame.axes(), *cells]


def edge_texts(axis: Axis, edges: np.ndarray) -> list[str]:
    if axis.scale is AxisScale.CATEGORY:
        return list(axis.categories)
    if len(edges) > 1 and (edges + 0.5 == np.floor(edges + 0.5)).all() and (np.diff(edges) == 1).all():
        return [brief(edge + 0.5) for edge in edges[:-1].tolist()]
    return [f"{brief(low)} to {brief(high)}" for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]
