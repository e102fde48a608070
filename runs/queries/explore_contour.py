"""The mean of a metric over a grid of two keys."""

from __future__ import annotations

import numpy as np

from runs.charts.bins import bin_edges, bin_of
from runs.charts.contour import Contour, edge_texts
from runs.queries.explore import DataTable, Explored, Placed, RunValues, left_out, of_runs, placed
from runs.statistics.describe import describe_groups
from trackui.exports.tables import columns
from trackui.formats import count

MOST_CELLS_A_SIDE = 40
LARGEST = np.finfo("f8").max
TABLE = columns(x="text", y="text", n="integer", mean="number")


def contour(values: RunValues) -> Explored:
    x, y = (placed(values.one(name), scale=values.scale(name)) for name in ("x", "y"))
    z = values.one("z")
    shown = np.flatnonzero(x.on_axis & y.on_axis & z.is_finite)
    left = list(dict.fromkeys([*x.left_out, *y.left_out, *left_out(z)]))
    if not len(shown):
        names = f"{x.column.label}, {y.column.label} and a number for {z.label}"
        return Explored(problem=f"No run here has {names}. " + ", ".join(left))
    across, x_edges = _bins(x, shown, values)
    up, y_edges = _bins(y, shown, values)
    shape = len(y_edges) - 1, len(x_edges) - 1
    cell = up * shape[1] + across
    described = describe_groups(z.numbers[shown], cell, shape[0] * shape[1])
    counts, means = described.n, described.mean
    filled = int((counts > 0).sum())
    chart = Contour(
        title=f"{z.label} over {x.column.label} and {y.column.label}",
        x_axis=x.axis,
        y_axis=y.axis,
        z_title=f"mean {z.label}",
        x_edges=x_edges,
        y_edges=y_edges,
        means=means.reshape(shape),
        counts=counts.reshape(shape),
        sentences=(
            of_runs(values, len(shown)),
            *left,
            f"{count(filled)} of {count(len(counts))} cells have runs, from {counts[counts > 0].min():,} to"
            f" {counts.max():,} each; the others are empty",
        ),
    )
    return Explored(chart, _table(chart))


def _bins(one: Placed, shown: np.ndarray, values: RunValues) -> tuple[np.ndarray, np.ndarray]:
    at = one.at[shown]
    wanted = values.choices.settings["bins"]
    bins = min(int(wanted), MOST_CELLS_A_SIDE) if wanted != "auto" else int(np.clip(np.sqrt(len(shown)), 4, 16))
    few = np.unique(at)
    if one.axis.categories or len(few) <= 1:
        edges = bin_edges(one.axis, at)
    elif len(few) <= bins:
        edges = _between(few, is_log=one.axis.is_log)
    else:
        edges = bin_edges(one.axis, at, wanted=bins)
    return bin_of(at, edges), edges


def _between(few: np.ndarray, *, is_log: bool) -> np.ndarray:
    """Edges halfway between values that are few, so that each has a cell of its own."""
    values = np.log10(few) if is_log else few
    halfway = values[1:] / 2 + values[:-1] / 2
    with np.errstate(over="ignore"):  # an end beyond the doubles is cut to the last of them
        ends = values[0] + (values[0] - halfway[0]), values[-1] + (values[-1] - halfway[-1])
    edges = np.clip(np.concatenate([[ends[0]], halfway, [ends[1]]]), -LARGEST, LARGEST)
    return np.power(10.0, edges) if is_log else edges


def _table(chart: Contour) -> DataTable:
    across, up = edge_texts(chart.x_axis, chart.x_edges), edge_texts(chart.y_axis, chart.y_edges)
    rows = [
        [across[column], up[row], int(chart.counts[row, column]), float(chart.means[row, column])]
        for row, column in zip(*(one.tolist() for one in np.nonzero(chart.counts)), strict=True)
    ]
    return DataTable(TABLE, lambda: rows, len(rows))
