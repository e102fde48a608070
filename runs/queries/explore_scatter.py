"""Runs as dots: two of their values, and how these go together."""

from __future__ import annotations

import numpy as np

from runs.charts.axes import AxisScale
from runs.charts.colour_by import ColourBy
from runs.charts.scatter import Point, Scatter, visible_points
from runs.importance.correlation import pearson, spearman
from runs.importance.trend import Trend, lowess, straight
from runs.queries.categories import categories
from runs.queries.explore import Explored, Placed, RunValues, left_out, of_runs, placed
from runs.queries.explore_tables import runs_table
from runs.queries.value_columns import ValueColumn
from trackui.formats import count, signed

MANY = 300
MOST_COLOURS = 12


def scatter(values: RunValues) -> Explored:
    x, y = (placed(values.one(name), scale=values.scale(name)) for name in ("x", "y"))
    shown = np.flatnonzero(x.on_axis & y.on_axis)
    colour = values.one("color")
    columns = [x.column, y.column, *([colour] if colour else [])]
    left = list(dict.fromkeys([*x.left_out, *y.left_out, *(left_out(colour) if colour else [])]))
    if not len(shown):
        return Explored(problem=f"No run here has both {x.column.label} and {y.column.label}. " + ", ".join(left))
    at_x, at_y = x.at[shown], y.at[shown]
    drawn = visible_points(at_x, at_y, x.axis, y.axis)
    marked = None
    if values.marked_pk in values.pks:
        marked = int(np.searchsorted(shown, values.pks.index(values.marked_pk)))
        is_there = marked < len(shown) and values.pks[shown[marked]] == values.marked_pk
        drawn = np.union1d(drawn, [marked]) if is_there else drawn
        marked = int(np.searchsorted(drawn, marked)) if is_there else None
    trend, said = _trend(values, x, y, shown)
    chart = Scatter(
        title=f"{y.column.label} against {x.column.label}",
        x_axis=x.axis,
        y_axis=y.axis,
        x=at_x,
        y=at_y,
        drawn=drawn,
        points=[Point(*pair) for pair in values.names(shown[drawn].tolist())],
        colour=_colour(colour, shown),
        trend=trend,
        sentences=(of_runs(values, len(shown)), *_hidden(len(shown), len(drawn)), *left, *said),
        marked=marked,
    )
    return Explored(chart, runs_table(values, columns, shown))


def _hidden(shown: int, drawn: int) -> list[str]:
    return [f"{count(drawn)} drawn, the others hide behind them"] if drawn < shown else []


def _colour(column: ValueColumn | None, shown: np.ndarray) -> ColourBy:
    if column is None:
        return ColourBy()
    column = column.taken(shown)
    if column.is_numeric:
        return ColourBy(column.label, numbers=np.where(column.is_finite, column.numbers, np.nan))
    found = categories(column, most=MOST_COLOURS)
    return ColourBy(column.label, groups=found.at, names=found.names)


def _trend(values: RunValues, x: Placed, y: Placed, shown: np.ndarray) -> tuple[Trend | None, list[str]]:
    """The line and what is said of it, over all the runs shown."""
    if AxisScale.CATEGORY in (x.axis.scale, y.axis.scale):
        return None, ["dots of one value are spread only to be seen"]
    across, up = x.counted[shown], y.counted[shown]
    ranked, linear = spearman(across, up), pearson(across, up)
    said = []
    if ranked.value is not None:
        chance = "p < 0.001" if ranked.p < 0.001 else f"p = {ranked.p:.3f}"
        of_powers = " of the powers" if x.axis.is_log or y.axis.is_log else ""
        both = f"Spearman {signed(round(ranked.value, 2), 2)} ({chance})"
        if linear.value is not None:  # numbers may differ by so little that only their order is known
            both += f", Pearson {signed(round(linear.value, 2), 2)}{of_powers}"
        said.append(f"{both}, n = {count(ranked.n)}")
    wanted = values.choices.settings.get("trend", "auto")
    if wanted == "auto":
        wanted = "straight" if len(shown) < MANY else "local"
    trend = {"straight": straight, "local": lowess}.get(wanted, lambda x, y: None)(across, up)
    if trend is not None:
        said.append(
            "line: least squares, with the 95 % interval of the mean" if trend.kind == "straight" else "line: LOWESS"
        )
    return trend, said
