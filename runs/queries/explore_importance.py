"""What explains a metric: what the forest of a job said, and until then how each param goes with it alone."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from runs.charts.axes import AxisScale, category_axis, number_axis
from runs.charts.dependence import DependenceChart
from runs.charts.importance import ImportanceBars
from runs.importance.association import Association
from runs.importance.features import moving_together
from runs.models import Job, JobState
from runs.queries.explore import DataTable, Explored, Forest, RunValues, left_out, of_runs
from runs.queries.importance_question import MOST_PARAMS, Question, question
from runs.queries.run_columns import find_columns
from runs.queries.value_columns import value_columns
from trackui.exports.tables import columns
from trackui.formats import count, number, signed

KIND = "importance"
TABLE = columns(
    param="text",
    importance="number",
    deviation="number",
    goes_with_it="text",
    strength="number",
    p="number",
    n="integer",
)
MOST_NAMED = 8
# Params that say which repeat it is.
REPEATS = re.compile(r"(^|[_.-])(seed|random_state|fold|repeat|trial)$", re.IGNORECASE)


def importance_of(values: RunValues) -> tuple[Question, Job | None]:
    """The question of the page, and the job that answers it or tries to. Three statements."""
    target = values.one("y")
    asked = question(values.experiment_id, values.pks, target, left_out=left_out(target))
    if asked.problem:
        return asked, None
    jobs = Job.objects.filter(kind=KIND, fingerprint=asked.fingerprint).exclude(state=JobState.STOPPED)
    return asked, jobs.order_by("-creation_time").first()


def forest(asked: Question, job: Job | None) -> Forest:
    return Forest(job=job, problem=asked.problem, is_small=asked.is_small, runs=len(asked.pks))


def importance(values: RunValues) -> Explored:
    asked, job = importance_of(values)
    said = [of_runs(values, len(asked.pks)), *asked.left_out]
    state = forest(asked, job)
    if state.is_ready and job.result.get("params"):
        return _explained(asked, job.result, said, state)
    if asked.problem and not len(asked.pks):
        return Explored(problem=f"{asked.problem} {', '.join(asked.left_out)}", forest=state)
    if not asked.is_readable:
        notes = (f"{count(len(asked.pks))} runs with {count(len(asked.params))} params: only a job reads as much.",)
        return Explored(problem="The forest has not been grown yet.", forest=state, notes=notes)
    return _alone(asked, said, state)


# --- Each param alone -------------------------------------------------------------------------


def _alone(asked: Question, said: list[str], state: Forest) -> Explored:
    features = asked.features
    found = [(feature, feature.association(asked.y)) for feature in features.used]
    found.sort(key=lambda pair: -pair[1].strength)
    if not found:
        return Explored(problem="No param differs between these runs.", forest=state, notes=_left(features))
    chart = ImportanceBars(
        title=f"Params that go with {asked.label}, each alone",
        names=[feature.name for feature, _ in found],
        values=[association.strength for _, association in found],
        deviations=[0.0] * len(found),
        axis_title="strength: |ρ| of Spearman for numbers, η between groups for others",
        sentences=(*said, *_more_params(asked)),
    )
    rows = [[feature.name, None, None, *association_row(association)] for feature, association in found]
    notes = (*_left(features), *_together(moving_together(features.used)))
    return Explored(chart, DataTable(TABLE, lambda: rows, len(rows)), forest=state, notes=notes)


def association_row(association: Association) -> list:
    kind = "Spearman ρ" if association.is_ranked else "η² between groups"
    return [kind, association.value, association.p, association.n]


def _left(features) -> tuple[str, ...]:
    return (*_constant(features.constant), *_names(features.named))


def _constant(names: list[str]) -> list[str]:
    return [f"The same in all of these runs, and left out: {listed(names)}."] if names else []


def _names(names: list[str]) -> list[str]:
    return [f"Different in nearly every run, and left out: {listed(names)}."] if names else []


def _together(pairs) -> list[str]:
    said = []
    for one, other, strength in pairs[:MOST_NAMED]:
        how = "one to one" if strength == 1 else f"ρ = {signed(strength, 2)}"
        said.append(f"{one} and {other} move together ({how}): nothing in these runs tells which of them it is.")
    return said


def listed(names: list[str]) -> str:
    more = f" and {count(len(names) - MOST_NAMED)} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _more_params(asked: Question) -> list[str]:
    return [f"of the {MOST_PARAMS} most used params"] if len(asked.params) == MOST_PARAMS else []


# --- What the forest said ---------------------------------------------------------------------


def _explained(asked: Question, result: dict, said: list[str], state: Forest) -> Explored:
    params, is_telling = result["params"], result["r2"] > 0
    chart = ImportanceBars(
        title=f"What explains {asked.label}",
        names=[param["name"] for param in params],
        values=[param["value"] for param in params],
        deviations=[param["deviation"] for param in params],
        is_telling=is_telling,
        sentences=(*said, *_more_params(asked), how_well(result["r2"]), "lines: standard error over held-out parts"),
    )
    rows = [
        [param["name"], param["value"], param["deviation"], *association_row(Association(**param["association"]))]
        for param in params
    ]
    notes = (
        *verdict(asked, result),
        *_constant(result["constant"]),
        *_names(result["named"]),
        *_together(result["together"]),
        *far_values(result["drawn_in"]),
    )
    specs = tuple(param["spec"] for param in params)
    table = DataTable(TABLE, lambda: rows, len(rows), specs=specs)
    return Explored(chart, table, forest=state, notes=notes)


def how_well(r2: float) -> str:
    return f"R² {number(r2, 2)} on runs the forest had not seen"


def verdict(asked: Question, result: dict) -> list[str]:
    if result["r2"] <= 0:
        return [
            f"These numbers mean nothing: the forest does not predict {asked.label} of runs it has not seen"
            f" (R² {number(result['r2'], 2)}). What was logged as params does not explain it, or the runs are too few."
        ]
    telling = [param for param in result["params"] if param["value"] > max(2 * param["deviation"], 0.01)]
    if not telling:
        return [f"No param stands out; together they predict {100 * result['r2']:.0f} % of {asked.label}."]
    names = listed([f"{param['name']} ({param['value']:.2f})" for param in telling[:3]])
    said = [f"{asked.label} differs most by {names}. All params together predict {100 * result['r2']:.0f} % of it."]
    repeats = [param["name"] for param in telling if REPEATS.search(param["name"])]
    if repeats:
        said.append(f"{listed(repeats)} only tells repeats apart: what it explains is chance.")
    return said


def far_values(drawn_in: int) -> list[str]:
    if not drawn_in:
        return []
    return [f"{count(drawn_in)} extreme value{'s' if drawn_in > 1 else ''} drawn in, so that not all is about them."]


# --- Dependence -------------------------------------------------------------------------------


def dependence(values: RunValues) -> Explored:
    asked, job = importance_of(values)
    state = forest(asked, job)
    if asked.problem:
        return Explored(problem=asked.problem, forest=state)
    if not state.is_ready:
        return Explored(problem="The forest has not been grown yet.", forest=state)
    curves = job.result.get("dependence") or {}
    if "x" not in values.choices.asked and curves:
        # The address leaves it open: the most telling one.
        values = with_param(values, job.result["params"][0]["spec"])
    x = values.one("x")
    curve = curves.get(x.spec)
    if curve is None:
        known = listed([param["name"] for param in job.result.get("params", ())])
        why = f"{x.label} is not among the params that tell something." + (f" These are: {known}." if known else "")
        return Explored(problem=why, forest=state)
    return _curve(values, asked, job.result, curve, state)


def with_param(values: RunValues, spec: str) -> RunValues:
    """The same figure of another param. Two statements."""
    columns = find_columns(values.experiment_id, [spec])
    if not columns:
        return values
    chosen = replace(values.choices, columns={**values.choices.columns, "x": tuple(columns)})
    read = {spec: value_columns(values.pks, columns)[0]}
    return replace(values, choices=chosen, values={**values.values, **read})


def _curve(values: RunValues, asked: Question, result: dict, curve: dict, state: Forest) -> Explored:
    x = values.one("x")
    arrays = {name: np.array(curve[name], dtype="f8") for name in ("grid", "mean", "low", "high")}
    lines = np.array(curve["lines"], dtype="f8")
    unset = ""
    if curve["last_is_unset"]:
        unset = f"without {x.label}: {number(curve['mean'][-1])} expected"
        arrays = {name: array[:-1] for name, array in arrays.items()}
        lines = lines[:, :-1]
    if names := curve["categories"]:
        x_axis, at = category_axis(x.label, names, spec=x.spec), arrays["grid"]
    else:
        x_axis, at = number_axis(x.label, arrays["grid"], spec=x.spec), arrays["grid"]
        if x_axis.is_log and (at <= 0).any():
            x_axis = number_axis(x.label, at, scale=AxisScale.LINEAR, spec=x.spec)
    everything = np.concatenate([arrays["low"], arrays["high"], lines.ravel()])
    weak = [] if result["r2"] > 0 else ["the forest explains nothing: this means nothing"]
    chart = DependenceChart(
        title=f"{asked.label} expected as {x.label} changes",
        x_axis=x_axis,
        y_axis=number_axis(f"expected {asked.label}", everything, scale=AxisScale.LINEAR),
        x=at,
        mean=arrays["mean"],
        low=arrays["low"],
        high=arrays["high"],
        lines=list(lines),
        sentences=(
            of_runs(values, len(asked.pks)),
            *asked.left_out,
            how_well(result["r2"]),
            *weak,
            "strong line: mean; band: 10 to 90 % of the runs; faint lines: single runs, all else as they have it",
            *([unset] if unset else []),
        ),
    )
    return Explored(chart, _curve_table(curve), forest=state, choices=values.choices)


def _curve_table(curve: dict) -> DataTable:
    names = curve["categories"]

    def written(value: float | None) -> str:
        if value is None:
            return "not set"
        return names[int(value)] if names else repr(value)

    rows = [
        [written(value), *numbers]
        for value, *numbers in zip(curve["grid"], curve["mean"], curve["low"], curve["high"], strict=True)
    ]
    heads = columns(value="text", mean="number", percentile_10="number", percentile_90="number")
    return DataTable(heads, lambda: rows, len(rows))
