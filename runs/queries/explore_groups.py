"""A metric by the values of a key: boxes, and means with their interval."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np

from runs.charts.axes import AxisScale, category_axis, number_axis
from runs.charts.bar import BarChart
from runs.charts.box import BoxPlot
from runs.charts.groups import GroupNumbers, group_numbers
from runs.charts.scatter import Point
from runs.queries.categories import Categories, categories
from runs.queries.explore import DataTable, Explored, Placed, RunValues, left_out, of_runs, placed
from trackui.exports.tables import columns
from trackui.formats import count

# Every run is a dot among so many at most; among more, those beyond the whiskers, up to as many.
ALL_DOTS = 400
MOST_DOTS = 2000
TABLE = columns(
    group="text", n="integer", mean="number", std="number", interval_95="number", min="number", lower_whisker="number",
    quartile_1="number", median="number", quartile_3="number", upper_whisker="number", max="number",
)  # fmt: skip


class Grouped:
    """Runs with a number, by category."""

    def __init__(self, values: RunValues) -> None:
        self.values = values
        self.by = values.one("by")
        self.y: Placed = placed(values.one("y"), scale=values.scale("y") or AxisScale.LINEAR)
        self.found: Categories = categories(self.by, with_unset=True)
        self.shown = np.flatnonzero(self.y.on_axis) if self.y.column.is_numeric else np.empty(0, dtype=int)
        self.at = self.found.at[self.shown]
        self.numbers = self.y.at[self.shown]
        self.places = [int(place) for place in np.unique(self.at)]
        self.groups = [group_numbers(self.found.names[place], self.numbers[self.at == place]) for place in self.places]

    @property
    def problem(self) -> str:
        if len(self.shown):
            return ""
        return f"No run here has a number for {self.y.column.label}. " + ", ".join(left_out(self.y.column))

    @property
    def x_axis(self):
        # Days and numbers as they are written are no values that a filter could name.
        values = self.found.values if self.by.texts is not None else 0
        return category_axis(self.by.label, self.found.names, spec=self.by.spec, values=values)

    @property
    def sentences(self) -> list[str]:
        groups = len(self.groups)
        gathered = self.found.names and self.found.names[-1].endswith(" other values")
        return [
            of_runs(self.values, len(self.shown)),
            *self.y.left_out,
            f"{groups} group{'s' if groups != 1 else ''} by {self.by.label}",
            *(["the rarest values are gathered in one"] if gathered else []),
        ]

    def table(self) -> DataTable:
        rows = [row_of(group) for group in self.groups]
        return DataTable(TABLE, lambda: rows, len(rows))


def row_of(group: GroupNumbers) -> list:
    """In the order of TABLE."""
    return list(astuple(group))


def box(values: RunValues) -> Explored:
    grouped = Grouped(values)
    if grouped.problem:
        return Explored(problem=grouped.problem)
    dots, said = _dots(grouped)
    chart = BoxPlot(
        title=f"{grouped.y.column.label} by {grouped.by.label}",
        x_axis=grouped.x_axis,
        y_axis=grouped.y.axis,
        groups=grouped.groups,
        places=grouped.places,
        dot_x=grouped.at[dots].astype("f8"),
        dot_y=grouped.numbers[dots],
        points=[Point(*pair) for pair in values.names(grouped.shown[dots].tolist())],
        sentences=(*grouped.sentences, "boxes: quartiles, whiskers up to 1.5 times their distance", said),
    )
    return Explored(chart, grouped.table())


def _dots(grouped: Grouped) -> tuple[np.ndarray, str]:
    if len(grouped.shown) <= ALL_DOTS:
        return np.arange(len(grouped.shown)), "every run a dot"
    lower = np.full(len(grouped.found.names), np.nan)
    upper = lower.copy()
    for place, group in zip(grouped.places, grouped.groups, strict=True):
        lower[place], upper[place] = group.lower, group.upper
    beyond = np.flatnonzero((grouped.numbers < lower[grouped.at]) | (grouped.numbers > upper[grouped.at]))
    if len(beyond) <= MOST_DOTS:
        return beyond, f"{count(len(beyond))} runs beyond the whiskers as dots"
    # The farthest ones first, so that no extreme is missing.
    middle = np.array([group.median for group in grouped.groups])[np.searchsorted(grouped.places, grouped.at[beyond])]
    far = np.argsort(-np.abs(grouped.numbers[beyond] - middle), kind="stable")[:MOST_DOTS]
    return np.sort(
        beyond[far]
    ), f"the farthest {count(MOST_DOTS)} of {count(len(beyond))} runs beyond the whiskers as dots"


def bar(values: RunValues) -> Explored:
    grouped = Grouped(values)
    if grouped.problem:
        return Explored(problem=grouped.problem)
    from_zero = values.choices.settings["from"] == "zero"
    ends = np.array([group.mean + side * (group.half or 0.0) for group in grouped.groups for side in (-1, 1)])
    y_axis = number_axis(
        f"mean of {grouped.y.column.label}", np.append(ends, 0.0) if from_zero else ends, scale=AxisScale.LINEAR
    )
    alone = sum(group.n == 1 for group in grouped.groups)
    chart = BarChart(
        title=f"Mean {grouped.y.column.label} by {grouped.by.label}",
        x_axis=grouped.x_axis,
        y_axis=y_axis,
        groups=grouped.groups,
        places=grouped.places,
        from_zero=from_zero,
        sentences=(
            *grouped.sentences,
            "lines: 95 % interval of the mean (Student's t)",
            *([f"{count(alone)} of one run, without an interval"] if alone else []),
        ),
    )
    return Explored(chart, grouped.table())
