"""One metric over steps or time, a line a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from runs.charts import theme
from runs.charts.bands import band_pieces
from runs.charts.seen import plotly_range
from runs.charts.series import LineChart, Role, Series, XAxis, YScale

FEW_STEPS = 6
# Marks of what is no number stand at the edges, on an axis of their own from 0 to 1.
BOTTOM, TOP = 0.02, 0.98
HUGE = 1e12


def metric_lines(chart: LineChart) -> dict[str, Any]:
    """The figure, for `plotly_json`. Tests hold it against Plotly's schema: the server need not load that."""
    figure_layout = theme.layout(
        xaxis=x_axis(chart),
        yaxis=y_axis(chart),
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
        # <plot-figure> writes the first two beside the chart, also after a zoom; with `lines` it has a tooltip of its
        # own, sorted by distance, and zooms all charts of a page that have the same `x`.
        meta={
            "caption": chart.caption,
            "story": chart.story,
            "lines": True,
            "x": f"{chart.x_axis} {chart.x_name}".rstrip(),
            "x_unit": chart.x_unit,
        },
        hovermode=False,
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
    line = {"color": one.colour, "width": theme.line_width(one), "dash": theme.dash(one.dash)}
    shared = {"type": "scatter", "name": one.name, "legendgroup": str(position), "hoverinfo": "skip"}
    shared["meta"] = {"line": one.line_id or str(position), "role": one.role}
    is_member = one.role is Role.MEMBER
    mode = "lines+markers" if has_dots(one) and not is_member else "lines"
    raw = {**shared, "x": plot_x(chart, one.x), "y": one.y, "mode": mode, "line": line, "marker": {"size": 5}}
    if len(one.members):
        raw["customdata"] = np.column_stack([one.members.astype("f8"), one.low, one.high])
    smooth = {}
    if is_member or len(one.smooth_y):
        raw |= {"line": {**line, "dash": "solid", "width": 1}}
        raw["opacity"] = theme.opacity_behind(chart.series) if is_member else theme.FAINT
    if len(one.smooth_y):
        smooth = {**shared, "x": plot_x(chart, one.smooth_x), "y": one.smooth_y, "mode": "lines", "line": line}
        smooth["meta"] = {**shared["meta"], "smoothed": True}
        raw["meta"] = {**shared["meta"], "raw": True}
    return [*band_of(one, shared, chart), raw, *([smooth] if smooth else []), *marks_of(one, shared, chart)]


def has_dots(one: Series) -> bool:
    """Not where a zoom could put one further away than Plotly writes numbers: 1e+22 is none in SVG."""
    if one.total > theme.DOTS_UP_TO:
        return False
    finite = one.y[np.isfinite(one.y)]
    return len(finite) < 2 or float(np.abs(finite).max()) < HUGE


def band_of(one: Series, shared: dict[str, Any], chart: LineChart) -> list[dict[str, Any]]:
    """One outline around each piece of the band without a gap."""
    pieces = band_pieces(one)
    if not pieces:
        return []
    x, y = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    # A number that is none parts the pieces.
    return [
        {
            **shared,
            "meta": {**shared["meta"], "band": True},
            "x": plot_x(chart, x) if np.isfinite(x).all() else x,
            "y": y,
            "mode": "none",
            "fill": "toself",
            "fillcolor": one.colour,
            "opacity": theme.BAND,
        }
    ]


def marks_of(one: Series, shared: dict[str, Any], chart: LineChart) -> list[dict[str, Any]]:
    kinds = [
        (one.nan_x, "NaN", "x-thin-open", BOTTOM),
        (one.minus_inf_x, "−∞", "triangle-down", BOTTOM),
        (one.plus_inf_x, "∞", "triangle-up", TOP),
        (one.above_x, "above the axis", "triangle-up-open", TOP),
        (one.below_x, "below the axis", "triangle-down-open", BOTTOM),
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
            "meta": {**shared["meta"], "mark": what},
            "cliponaxis": False,
        }
        for x, what, symbol, height in kinds
        if len(x)
    ]
