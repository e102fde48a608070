"""One metric over steps or time, a line a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.seen import plotly_range
from runs.charts.series import LineChart, Series, XAxis, YScale

FAINT = 0.28
FEW_STEPS = 6
# Marks of what is no number stand at the edges, on an axis of their own from 0 to 1.
BOTTOM, TOP = 0.02, 0.98
# More lines than this in one tooltip hide the chart: then it speaks of the closest one only.
UNIFIED_UP_TO = 8


def metric_lines(chart: LineChart) -> dict[str, Any]:
    """The figure, for `plotly_json`. Tests hold it against Plotly's schema: the server need not load that."""
    figure_layout = theme.layout(
        xaxis=x_axis(chart),
        yaxis=y_axis(chart),
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
        # <plot-figure> writes it under the chart, also after a zoom.
        meta={"caption": chart.caption},
        hovermode="x unified" if len(chart.series) <= UNIFIED_UP_TO else "closest",
    )
    traces = [trace for position, one in enumerate(chart.series) for trace in traces_of(one, position, chart)]
    return {"data": traces, "layout": figure_layout}


def x_axis(chart: LineChart) -> dict[str, Any]:
    axis = theme.axis(
        type="date" if chart.x_axis is XAxis.WALL else "linear", showgrid=False, ticks="outside", tickcolor=theme.LINE
    )
    axis["title"]["text"] = chart.x_title
    if chart.x_axis is XAxis.STEP:
        axis |= {"tickformat": ",d"} | ({"dtick": 1} if has_few_steps(chart) else {})
    if chart.x_range is not None:
        axis["range"] = list(chart.x_range)
    return axis


def y_axis(chart: LineChart) -> dict[str, Any]:
    axis = theme.axis(type=chart.y_scale.value, exponentformat="e", ticklabelstandoff=4)
    # Lines come from and go to points outside the range, which would stretch the axis.
    seen = plotly_range(chart)
    return axis if seen is None else axis | {"range": seen}


def has_few_steps(chart: LineChart) -> bool:
    """Then Plotly would write ticks between steps, all of which look whole."""
    ends = [float(end) for one in chart.series if len(one.x) for end in (one.x[0], one.x[-1])]
    return not ends or max(ends) - min(ends) < FEW_STEPS


def plot_x(chart: LineChart, x: np.ndarray) -> np.ndarray:
    """Dates travel as milliseconds; steps beyond 32 bits as doubles, as JavaScript counts anyway."""
    if chart.x_axis is XAxis.STEP and len(x) and np.abs(x).max() < 2**31:
        return x.astype("i4")
    return x.astype("f8")


def traces_of(one: Series, position: int, chart: LineChart) -> list[dict[str, Any]]:
    line = {"color": one.colour, "width": theme.LINE_WIDTH, "dash": theme.dash(one.dash)}
    shared = {"type": "scatter", "name": one.name, "legendgroup": str(position)}
    mode = "lines+markers" if one.total <= theme.DOTS_UP_TO else "lines"
    raw = {
        **shared,
        "x": plot_x(chart, one.x),
        "y": one.y,
        "mode": mode,
        "line": line,
        "marker": {"size": 5},
        "hovertemplate": "%{y:.6~g}" + ("<extra></extra>" if len(chart.series) == 1 else ""),
    }
    traces = [raw]
    if len(one.smooth_y):
        raw |= {
            "line": {**line, "dash": "solid", "width": 1},
            "opacity": FAINT,
            "hoverinfo": "skip",
            "hovertemplate": None,
        }
        smooth = {**shared, "x": plot_x(chart, one.smooth_x), "y": one.smooth_y, "mode": "lines", "line": line}
        traces.append({**smooth, "hovertemplate": "%{y:.6~g} smoothed"})
    return traces + marks_of(one, shared, chart)


def marks_of(one: Series, shared: dict[str, Any], chart: LineChart) -> list[dict[str, Any]]:
    kinds = [
        (one.nan_x, "NaN", "x-thin-open", BOTTOM),
        (one.minus_inf_x, "−∞", "triangle-down", BOTTOM),
        (one.plus_inf_x, "∞", "triangle-up", TOP),
    ]
    if chart.y_scale is YScale.LOG:
        kinds.append((one.not_positive_x, "not above 0", "triangle-down-open", BOTTOM))
    return [
        {
            **shared,
            "x": plot_x(chart, x),
            "y": np.full(len(x), height, dtype="f4"),
            "yaxis": "y2",
            "mode": "markers",
            "marker": {"color": one.colour, "size": 7, "symbol": symbol, "line": {"width": 1.4, "color": one.colour}},
            "hovertemplate": what,
            "cliponaxis": False,
        }
        for x, what, symbol, height in kinds
        if len(x)
    ]
