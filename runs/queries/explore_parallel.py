"""Runs as lines through several of their values."""

from __future__ import annotations

import numpy as np

from runs.charts.colour_by import ColourBy
from runs.charts.parallel_coordinates import Dimension, ParallelCoordinates
from runs.queries.explore import Explored, RunValues, left_out, of_runs, placed
from runs.queries.explore_tables import runs_table

MOST_LINES = 10_000


def parallel(values: RunValues) -> Explored:
    axes = [placed(column) for column in values.many("axes")]
    colour = values.one("color")
    axes = [one for one in axes if one.on_axis.any()]
    if not axes:
        return Explored(problem="None of these keys has a value in any of these runs.")
    drawn = np.arange(min(len(values.pks), MOST_LINES))
    columns = [*(one.column for one in axes), *([colour] if colour else [])]
    left = [said for one in axes for said in one.left_out] + (left_out(colour) if colour else [])
    numbers = None if colour is None else np.where(colour.is_finite, colour.numbers, np.nan)[drawn]
    chart = ParallelCoordinates(
        title=" · ".join(one.column.label for one in axes),
        dimensions=[Dimension(one.axis, one.at[drawn]) for one in axes],
        colour=ColourBy(colour.label if colour else "", numbers=numbers),
        sentences=(of_runs(values, len(drawn)), *dict.fromkeys(left)),
    )
    return Explored(chart, runs_table(values, columns, np.arange(len(values.pks))))
