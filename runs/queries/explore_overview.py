"""A metric against each param that differs, the most telling first: what made runs good, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.charts.axes import Axis, AxisScale, number_axis
from runs.charts.importance import ImportanceBars
from runs.charts.scatter import Point, Scatter, visible_points
from runs.importance.association import Association, by_groups, by_ranks
from runs.importance.trend import straight
from runs.metrics.direction import directions
from runs.models import Direction, KeyKind, Run
from runs.queries.explore import Explored, Forest, Placed, RunValues, left_out, of_runs, placed, run_values
from runs.queries.explore_choices import Choices
from runs.queries.explore_importance import forest, importance, importance_of
from runs.queries.run_columns import Column
from runs.queries.run_set import RunSet
from runs.queries.value_columns import ValueColumn, value_columns
from trackui.formats import count, number, signed

MOST_PANELS = 24
# So many runs are looked at, evenly taken: each panel leads to a figure of all.
MOST_RUNS = 3_000
MOST_DOTS = 400
UNTRUSTED = 0.05


@dataclass(frozen=True)
class Panel:
    """The metric against one param; `kind`: the figure it leads to."""

    name: str
    spec: str
    kind: str
    chart: Scatter
    said: str
    is_telling: bool


@dataclass(frozen=True)
class Extreme:
    run_id: str
    name: str
    value: float


@dataclass(frozen=True)
class Overview:
    """`importance`: the figure of the forest, where it is grown. `marked`: what is said of the run to find."""

    label: str = ""
    spec: str = ""
    problem: str = ""
    sentences: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    same: tuple[str, ...] = ()
    best: Extreme | None = None
    worst: Extreme | None = None
    marked: Extreme | None = None
    marked_said: str = ""
    forest: Forest | None = None
    importance: ImportanceBars | None = None
    notes: tuple[str, ...] = ()


def overview(runs: RunSet, choices: Choices, *, marked: str = "") -> Overview:
    """A statement a param, of at most 3,000 runs; the metric is read of all."""
    if choices.missing:
        return Overview(problem="No metric was logged here yet.")
    values = run_values(runs, choices, marked=marked)
    target = values.one("y")
    finite = np.flatnonzero(target.is_finite)
    if not len(finite):
        why = ", ".join(left_out(target)) or "no run matches"
        return Overview(label=target.label, spec=target.spec, problem=f"No run here has a number: {why}.")
    shown, looked_at = _evenly(values, finite)
    panels, same = _panels(values, target, shown)
    asked, job = importance_of(values)
    state = forest(asked, job)
    explained = importance(values) if state.is_ready else Explored(forest=state)
    best, worst = _extremes(values, target, finite)
    found = _marked(values, target, finite)
    return Overview(
        label=target.label,
        spec=target.spec,
        sentences=(of_runs(values, len(finite)), *left_out(target), *looked_at, *_ends(target, finite)),
        panels=tuple(panels),
        same=tuple(same),
        best=best,
        worst=worst,
        marked=found,
        marked_said=_rank(target, finite, found, is_lower_better(values, target)) if found else "",
        forest=state,
        importance=explained.chart if state.is_ready else None,
        notes=explained.notes,
    )


def is_lower_better(values: RunValues, target: ValueColumn) -> bool:
    return directions(values.experiment_id, [target.column.key])[target.column.key].direction == Direction.LOWER


def _evenly(values: RunValues, finite: np.ndarray) -> tuple[np.ndarray, list[str]]:
    if len(finite) <= MOST_RUNS:
        return finite, []
    taken = finite[np.unique(np.linspace(0, len(finite) - 1, MOST_RUNS).astype(int))]
    if values.marked_pk in values.pks:
        taken = np.union1d(taken, np.intersect1d(finite, [values.pks.index(values.marked_pk)]))
    return taken, [f"{count(MOST_RUNS)} of them, evenly taken, are looked at here: open a figure for all"]


def _ends(target: ValueColumn, finite: np.ndarray) -> list[str]:
    numbers = target.numbers[finite]
    return [f"median {number(float(np.median(numbers)))}"]


def _panels(values: RunValues, target: ValueColumn, shown: np.ndarray) -> tuple[list[Panel], list[str]]:
    pks = [values.pks[at] for at in shown.tolist()]
    uses = values.choices.offers.params[:MOST_PANELS]
    columns = [Column(KeyKind.PARAM, use.name, "", use.key_id) for use in uses]
    y = target.numbers[shown]
    y_axis = number_axis(target.label, y, spec=target.spec)
    if y_axis.is_log and (y <= 0).any():
        y_axis = number_axis(target.label, y, scale=AxisScale.LINEAR, spec=target.spec)
    marked = pks.index(values.marked_pk) if values.marked_pk in pks else None
    panels, same = [], []
    for column in value_columns(pks, columns):
        x = placed(column, with_unset=True)
        if _distinct(column) < 2:
            same.append(column.label)
            continue
        panels.append((_association(x, y), _panel(x, y, y_axis, marked)))
    ranked = sorted(panels, key=lambda pair: -pair[0].strength)
    return [Panel(**fields, said=_said(found), is_telling=_is_telling(found)) for found, fields in ranked], same


def _distinct(column: ValueColumn) -> int:
    return len(set(column.texts.tolist()))


def _association(x: Placed, y: np.ndarray) -> Association:
    if x.axis.categories:
        return by_groups(np.where(x.on_axis, x.at, -1).astype("i8"), y)
    return by_ranks(x.at, y)


def _is_telling(found: Association) -> bool:
    return found.p is not None and found.p < UNTRUSTED


def _said(found: Association) -> str:
    if found.value is None:
        return f"cannot be told, n = {count(found.n)}"
    chance = "p < 0.001" if found.p < 0.001 else f"p = {found.p:.2g}"
    how = f"Spearman {signed(round(found.value, 2), 2)}"
    if not found.is_ranked:
        how = f"{100 * found.value:.0f} % of the variance between its values"
    return f"{how}, {chance}, n = {count(found.n)}"


def _panel(x: Placed, y: np.ndarray, y_axis: Axis, marked: int | None) -> dict:
    on = np.flatnonzero(x.on_axis)
    at_x, at_y = x.at[on], y[on]
    drawn = visible_points(at_x, at_y, x.axis, y_axis, most=MOST_DOTS)
    place = None
    if marked is not None and x.on_axis[marked]:
        place = int(np.searchsorted(on, marked))
        drawn = np.union1d(drawn, [place])
        place = int(np.searchsorted(drawn, place))
    trend = None
    if not x.axis.categories and not x.column.is_time:
        trend = straight(x.counted[on], np.log10(at_y) if y_axis.is_log else at_y)
    chart = Scatter(
        title=f"{y_axis.title} against {x.column.label}",
        x_axis=x.axis,
        y_axis=y_axis,
        x=at_x,
        y=at_y,
        drawn=drawn,
        points=[Point("", "the run that is looked for")] * len(drawn),
        trend=trend,
        marked=place,
    )
    return {
        "name": x.column.label,
        "spec": x.column.spec,
        "kind": "box" if x.axis.categories else "scatter",
        "chart": chart,
    }


# --- The best, the worst, and the run that is looked for ---------------------------------------


def _extremes(values: RunValues, target: ValueColumn, finite: np.ndarray) -> tuple[Extreme, Extreme]:
    numbers = target.numbers[finite]
    low, high = int(finite[numbers.argmin()]), int(finite[numbers.argmax()])
    best, worst = (low, high) if is_lower_better(values, target) else (high, low)
    names = values.names([best, worst])
    return tuple(
        Extreme(run_id, name, float(target.numbers[at]))
        for (run_id, name), at in zip(names, (best, worst), strict=True)
    )


def _marked(values: RunValues, target: ValueColumn, finite: np.ndarray) -> Extreme | None:
    if values.marked_pk not in values.pks:
        return None
    at = values.pks.index(values.marked_pk)
    if at not in finite:
        return None
    run = Run.objects.get(pk=values.marked_pk)
    return Extreme(run.run_id, run.name, float(target.numbers[at]))


def _rank(target: ValueColumn, finite: np.ndarray, found: Extreme, lower_is_better: bool) -> str:
    numbers = target.numbers[finite]
    better = int((numbers < found.value).sum() if lower_is_better else (numbers > found.value).sum())
    return f"{target.label} {number(found.value)}: {count(better)} of {count(len(finite))} runs here are better."
