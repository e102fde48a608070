"""Chosen metrics beside versions: those of the logged model a version is of, else of the run it comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from registry.models import ModelVersion
from runs.models import KeyKind, LoggedModel, Run
from runs.models.access import readable_experiments
from runs.queries.run_cells import Cell, cells, stored_values
from runs.queries.run_columns import Column, find_columns, key_uses, most_telling
from runs.queries.run_rows import Head, is_measured, ways_of
from runs.search.identifiers import LAST
from trackui.db import fetch_all, in_list

DEFAULT_METRICS = 4
MOST_METRICS = 20
# Of the keys that the experiments of the runs have, so many are offered.
MOST_OFFERED = 200
METRICS = "metrics."
VERSIONS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Sources:
    """What versions come from, by run id and model id: as much of it as is there."""

    runs: dict[str, Run] = field(default_factory=dict)
    models: dict[str, LoggedModel] = field(default_factory=dict)

    @property
    def experiments(self) -> tuple[int, ...]:
        found = {run.experiment_id for run in self.runs.values()}
        return tuple(sorted(found | {model.experiment_id for model in self.models.values()}))


def sources_of(versions: Iterable[ModelVersion], user) -> Sources:
    """Two statements."""
    versions = list(versions)
    runs = Run.objects.visible_to(user).select_related("experiment").defer("artifact_uri")
    models = LoggedModel.objects.visible_to(user).active()
    return Sources(
        {run.run_id: run for run in runs.filter(run_id__in={one.run_id for one in versions if one.run_id})},
        {one.model_id: one for one in models.filter(model_id__in={one.model_id for one in versions if one.model_id})},
    )


def experiments_of(pks: Sequence[int], user) -> tuple[int, ...]:
    """Of all that these versions come from, as far as the caller may read it. A statement for each thousand."""
    found: set[int] = set()
    (of_run, run_params), (of_model, model_params) = (
        readable_experiments(user, column) for column in ("r.experiment_id", "m.experiment_id")
    )
    for at in range(0, len(pks), VERSIONS_AT_ONCE):
        part = list(pks[at : at + VERSIONS_AT_ONCE])
        rows = fetch_all(
            "SELECT DISTINCT r.experiment_id FROM registry_modelversion v JOIN runs_run r ON r.run_id = v.run_id"
            f" WHERE v.id IN {in_list(part)} AND {of_run}"
            " UNION SELECT DISTINCT m.experiment_id FROM registry_modelversion v"
            f" JOIN runs_loggedmodel m ON m.model_id = v.model_id WHERE v.id IN {in_list(part)} AND {of_model}",
            [*part, *run_params, *part, *model_params],
        )
        found.update(pk for (pk,) in rows)
    return tuple(sorted(found))


def metric_columns(experiments: tuple[int, ...], asked: Sequence[str] | None) -> tuple[list[Column], list[str]]:
    """The columns for metrics such as `loss` and `loss.min`, or all there are to choose from; and their names.

    A statement, or two; none where nothing is known of where the versions come from.
    """
    if not experiments:
        return [], []
    uses = most_telling(key_uses(experiments, kind=KeyKind.METRIC, at_most=MOST_OFFERED))
    offered = [use.name for use in uses]
    if asked is None:
        return [use.column(LAST) for use in uses], offered
    found = find_columns(experiments, [f"{METRICS}{name}" for name in asked])
    return [column for column in found if not column.is_line], offered


def metric_values(
    versions: Sequence[ModelVersion], sources: Sources, columns: Sequence[Column]
) -> list[list[float | None]]:
    """For each column the values of the versions. Two statements at most, more for computed columns."""
    pks = [run.pk for run in sources.runs.values()]
    of_runs = [found for _, found in stored_values(pks, columns)] if pks and columns else [{} for _ in columns]
    of_models = _values_of_models(sources, [column.key for column in columns if column.stat == LAST])
    values = []
    for column, found in zip(columns, of_runs, strict=True):
        by_run = {run_id: found.get(run.pk) for run_id, run in sources.runs.items()}
        of_column = [by_run.get(one.run_id) for one in versions]
        if column.stat == LAST:
            of_column = [
                of_models.get((one.model_id, column.key), value) for one, value in zip(versions, of_column, strict=True)
            ]
        values.append(of_column)
    return values


@dataclass(frozen=True, slots=True)
class MetricTable:
    """`rows`: cells of each version, in the order that was asked for, each as long as `heads`."""

    heads: list[Head]
    rows: list[list[Cell]]


def metric_table(
    columns: Sequence[Column],
    values: Sequence[Sequence[float | None]],
    sources: Sources,
    *,
    baseline_at: int | None,
    is_beside: bool,
) -> MetricTable:
    """One statement, for which way each metric is better. `is_beside`: the baseline is not one of the rows."""
    ways = ways_of(columns, sources.experiments) if columns else {}
    heads = [Head(column, True, ways.get(column.spec)) for column in columns]
    written = [
        cells(
            head.column,
            of_column,
            direction=head.direction,
            marks_best=True,
            baseline_at=_base(head, of_column, baseline_at),
            is_beside=is_beside,
        )
        for head, of_column in zip(heads, values, strict=True)
    ]
    return MetricTable(heads, [list(row) for row in zip(*written, strict=True)])


def _base(head: Head, values: Sequence[float | None], baseline_at: int | None) -> int | None:
    """Without a value there is nothing to measure against."""
    has_base = baseline_at is not None and values[baseline_at] is not None
    return baseline_at if has_base and is_measured(head.column) else None


def _values_of_models(sources: Sources, keys: Sequence[str]) -> dict[tuple[str, str], float]:
    """The last point of each metric that was logged for a model: by step, then time."""
    by_pk = {model.pk: model_id for model_id, model in sources.models.items()}
    if not by_pk or not keys:
        return {}
    rows = fetch_all(
        "SELECT model_id, key, value, is_nan FROM (SELECT model_id, key, value, is_nan, ROW_NUMBER() OVER"
        " (PARTITION BY model_id, key ORDER BY step DESC, timestamp DESC, value DESC) AS place"
        f" FROM runs_loggedmodelmetric WHERE model_id IN {in_list(list(by_pk))} AND key IN {in_list(keys)}) latest"
        " WHERE place = 1",
        [*by_pk, *keys],
    )
    return {(by_pk[pk], key): math.nan if is_nan else value for pk, key, value, is_nan in rows}
