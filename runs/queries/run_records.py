"""Runs with everything logged to them but the points: what the protocol and exports send."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from runs.keys import key_names
from runs.models import Run
from trackui.db import fetch_all, fetch_objects, in_list

RUNS_A_STATEMENT = 1000


@dataclass(slots=True)
class DatasetRecord:
    name: str
    digest: str
    source_type: str
    source: str
    schema: str
    profile: str
    tags: list[KeyValue]


class KeyValue(msgspec.Struct, gc=False):
    """A param or tag. A struct, as those below: a page of runs holds thousands, and they travel as they are."""

    key: str
    value: str


class LastMetric(msgspec.Struct, gc=False):
    """The last point of a metric; NaN and infinities as they are."""

    key: str
    value: float
    timestamp: int
    step: int


@dataclass(slots=True)
class RunRecord:
    run: Run
    metrics: list[LastMetric] = field(default_factory=list)
    params: list[KeyValue] = field(default_factory=list)
    tags: list[KeyValue] = field(default_factory=list)
    datasets: list[DatasetRecord] = field(default_factory=list)
    model_inputs: list[str] = field(default_factory=list)
    model_outputs: list[tuple[str, int]] = field(default_factory=list)


def run_records(pks: Sequence[int], *, with_model_inputs: bool = True) -> list[RunRecord]:
    """Records in the order of `pks`; eight statements a thousand runs, however much they hold."""
    records: list[RunRecord] = []
    for start in range(0, len(pks), RUNS_A_STATEMENT):
        records += _records(pks[start : start + RUNS_A_STATEMENT], with_model_inputs)
    return records


def _records(pks: Sequence[int], with_model_inputs: bool) -> list[RunRecord]:
    ids = list(pks)
    by_pk = {run.pk: RunRecord(run) for run in fetch_objects(Run, f"id IN {in_list(ids)}", ids)}
    among = f"run_id IN {in_list(ids)}"
    metrics = fetch_all(
        "SELECT run_id, key_id, last_value, last_is_nan, last_timestamp, last_step "
        f"FROM runs_metricsummary WHERE {among}",
        ids,
    )
    params = fetch_all(f"SELECT run_id, key_id, value FROM runs_param WHERE {among}", ids)
    tags = fetch_all(f"SELECT run_id, key_id, value FROM runs_runtag WHERE {among}", ids)
    names = key_names({row[1] for rows in (metrics, params, tags) for row in rows})
    for pk, key, value, is_nan, timestamp, step in metrics:
        by_pk[pk].metrics.append(LastMetric(names[key], math.nan if is_nan else value, timestamp, step))
    for pk, key, value in params:
        by_pk[pk].params.append(KeyValue(names[key], value))
    for pk, key, value in tags:
        by_pk[pk].tags.append(KeyValue(names[key], value))
    _add_datasets(by_pk, among, ids)
    for pk, model_id, step in fetch_all(f"SELECT run_id, model_id, step FROM runs_modeloutput WHERE {among}", ids):
        by_pk[pk].model_outputs.append((model_id, step))
    if with_model_inputs:
        for pk, model_id in fetch_all(f"SELECT run_id, model_id FROM runs_modelinput WHERE {among}", ids):
            by_pk[pk].model_inputs.append(model_id)
    return [by_pk[pk] for pk in pks if pk in by_pk]


def _add_datasets(by_pk: dict[int, RunRecord], among: str, ids: list[int]) -> None:
    inputs = fetch_all(
        "SELECT i.id, i.run_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile "
        f"FROM runs_runinput i JOIN runs_dataset d ON d.id = i.dataset_id WHERE i.{among} ORDER BY i.id",
        ids,
    )
    if not inputs:
        return
    tags: dict[int, list[KeyValue]] = defaultdict(list)
    input_ids = [row[0] for row in inputs]
    for start in range(0, len(input_ids), RUNS_A_STATEMENT):
        chunk = input_ids[start : start + RUNS_A_STATEMENT]
        for input_id, name, value in fetch_all(
            f"SELECT run_input_id, name, value FROM runs_inputtag WHERE run_input_id IN {in_list(chunk)}", chunk
        ):
            tags[input_id].append(KeyValue(name, value))
    for input_id, pk, *columns in inputs:
        by_pk[pk].datasets.append(DatasetRecord(*columns, tags=tags[input_id]))
