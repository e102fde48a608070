"""How often which values occur, in bins of equal width or equal factor."""

from __future__ import annotations

from runs.charts.bins import Bins, bin_edges
from runs.charts.histogram import Histogram
from runs.queries.explore import DataTable, Explored, RunValues, of_runs, placed
from trackui.exports.tables import columns


def histogram(values: RunValues) -> Explored:
    x = placed(values.one("x"), scale=values.scale("x"))
    at = x.at[x.on_axis]
    if not len(at):
        return Explored(problem=f"No run here has a value of {x.column.label}. " + ", ".join(x.left_out))
    wanted = values.choices.settings["bins"]
    edges = bin_edges(x.axis, at, wanted=None if wanted == "auto" else int(wanted))
    bins = Bins.of(at, edges, x.axis)
    chart = Histogram(
        title=f"Runs by {x.column.label}",
        axis=x.axis,
        bins=bins,
        sentences=(of_runs(values, len(at)), *x.left_out, bins.said(x.axis)),
    )
    return Explored(chart, _table(bins, chart))


def _table(bins: Bins, chart: Histogram) -> DataTable:
    if chart.axis.categories:
        rows = list(zip(chart.axis.categories, bins.counts.tolist(), strict=True))
        return DataTable(columns(value="text", runs="integer"), lambda: rows, len(rows))
    rows = [
        [float(low), float(high), n]
        for low, high, n in zip(bins.edges[:-1], bins.edges[1:], bins.counts.tolist(), strict=True)
    ]
    return DataTable(columns(from_value="number", to_value="number", runs="integer"), lambda: rows, len(rows))
