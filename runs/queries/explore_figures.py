"""Which figure over runs is made by what."""

from __future__ import annotations

from collections.abc import Callable

from runs.queries.explore import MOST_RUNS, Explored, RunValues, run_values
from runs.queries.explore_choices import Choices
from runs.queries.explore_contour import contour
from runs.queries.explore_groups import bar, box
from runs.queries.explore_histogram import histogram
from runs.queries.explore_importance import dependence, importance
from runs.queries.explore_parallel import MOST_LINES, parallel
from runs.queries.explore_pareto import pareto
from runs.queries.explore_scatter import scatter
from runs.queries.run_set import RunSet

FIGURES: dict[str, Callable[[RunValues], Explored]] = {
    "parallel": parallel,
    "scatter": scatter,
    "contour": contour,
    "box": box,
    "bar": bar,
    "histogram": histogram,
    "pareto": pareto,
    "importance": importance,
    "dependence": dependence,
}


# Where a figure draws the first runs alone, only these are read for it.
READ = {"parallel": MOST_LINES}


def explored(runs: RunSet, choices: Choices, *, marked: str = "", whole: bool = False) -> Explored:
    """Statements: the search of the runs, one a column, and one a thousand named runs. `whole`: for the data."""
    if choices.missing:
        labels = " and ".join(one.label for one in choices.missing)
        return Explored(problem=f"Nothing that was logged here can be shown as {labels}.")
    limit = MOST_RUNS if whole else READ.get(choices.kind.name, MOST_RUNS)
    values = run_values(runs, choices, marked=marked, limit=limit, in_order=whole)
    if not values.pks:
        return Explored(problem="No run matches.")
    return FIGURES[choices.kind.name](values)
