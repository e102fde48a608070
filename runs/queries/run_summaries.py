"""Runs with their params, tags and metric summaries: a row of the native API and of its CSV."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from runs.keys import key_names
from runs.models import Run
from runs.models.experiment import NOTE_TAG
from trackui.db import fetch_all, in_list

RUNS_A_STATEMENT = 1000


class MetricNumbers(NamedTuple):
    """All of MetricSummary that people read, in its order. NaN is a double here."""

    last: float
    step: int
    timestamp: int
    first: float
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    mean: float | None
    count: int
    nan_count: int


@dataclass(slots=True)
class RunSummary:
    run: Run
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, MetricNumbers] = field(default_factory=dict)

    @property
    def note(self) -> str:
        return self.tags.get(NOTE_TAG, "")


def run_summaries(pks: Sequence[int]) -> list[RunSummary]:
    """Rows in the order of `pks`, names sorted; five statements a thousand runs, however much they hold."""
    rows: list[RunSummary] = []
    for start in range(0, len(pks), RUNS_A_STATEMENT):
        rows += _rows(pks[start : start + RUNS_A_STATEMENT])
    return rows


def _rows(pks: Sequence[int]) -> list[RunSummary]:
    by_pk = {run.pk: RunSummary(run) for run in Run.objects.select_related("experiment").filter(pk__in=pks)}
    if not by_pk:
        return []
    among, ids = f"run_id IN {in_list(pks)}", list(pks)
    params = fetch_all(f"SELECT run_id, key_id, value FROM runs_param WHERE {among}", ids)
    tags = fetch_all(f"SELECT run_id, key_id, value FROM runs_runtag WHERE {among}", ids)
    metrics = fetch_all(
        "SELECT run_id, key_id, last_value, last_is_nan, last_step, last_timestamp, first_value, first_is_nan, "
        f"min_value, min_step, max_value, max_step, mean_value, count, nan_count FROM runs_metricsummary WHERE {among}",
        ids,
    )
    names = key_names({row[1] for rows in (params, tags, metrics) for row in rows})
    for pk, key, value in params:
        by_pk[pk].params[names[key]] = value
    for pk, key, value in tags:
        by_pk[pk].tags[names[key]] = value
    for pk, key, last, last_is_nan, step, timestamp, first, first_is_nan, *rest in metrics:
        last, first = (math.nan if last_is_nan else last), (math.nan if first_is_nan else first)
        by_pk[pk].metrics[names[key]] = MetricNumbers(last, step, timestamp, first, *rest)
    for row in by_pk.values():
        row.params, row.tags, row.metrics = (dict(sorted(d.items())) for d in (row.params, row.tags, row.metrics))
    return [by_pk[pk] for pk in pks if pk in by_pk]
