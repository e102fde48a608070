"""All that a comparison knows of its runs, read at once: what is live and what was frozen has the same shape."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import MetricSummary, Param, Run, RunInput, RunTag
from runs.queries.comparison_packages import package_table
from runs.queries.key_tables import table_of

# What of a run's metric is kept in its summary; the flags of NaN are taken into the values.
SUMMARY_COLUMNS = (
    "last_value", "last_step", "last_timestamp", "first_value", "first_step", "first_timestamp",
    "min_value", "min_step", "max_value", "max_step", "mean_value", "count", "nan_count",
    "plus_inf_count", "minus_inf_count",
)  # fmt: skip


NUMBER = re.compile(r"([0-9]+)")


class Numbers(NamedTuple):
    """A metric of one run: all that its summary says, in the order of SUMMARY_COLUMNS."""

    last: float
    last_step: int
    last_timestamp: int
    first: float
    first_step: int
    first_timestamp: int
    min: float | None
    min_step: int | None
    max: float | None
    max_step: int | None
    mean: float | None
    count: int
    nan_count: int
    plus_inf_count: int
    minus_inf_count: int


class ParamValue(NamedTuple):
    """`number`: the value as a double where it reads as one."""

    text: str
    number: float | None


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """What a comparison needs of a run; times in milliseconds since the epoch."""

    run_id: str
    name: str
    colour: str
    experiment_id: int
    experiment: str
    user_id: str
    status: str
    lifecycle_stage: str
    start_time: int
    end_time: int | None

    def __str__(self) -> str:
        return self.name or self.run_id

    @property
    def duration(self) -> int | None:
        return None if self.end_time is None else self.end_time - self.start_time


@dataclass(frozen=True, slots=True)
class ComparisonData:
    """The first of `runs` is the reference. Tables hold key -> position of the run -> value."""

    runs: tuple[ComparedRun, ...]
    params: dict[str, dict[int, ParamValue]]
    metrics: dict[str, dict[int, Numbers]]
    tags: dict[str, dict[int, str]]
    datasets: dict[str, dict[int, str]]
    packages: dict[str, dict[int, str]]
    directions: dict[str, DirectionOfMetric]


def comparison_data(runs: Sequence[Run], *, user) -> ComparisonData:
    """Seven statements, however many runs and rows; and what the packages cost (`comparison_packages`)."""
    pks = [run.pk for run in runs]
    at = {pk: position for position, pk in enumerate(pks)}
    params = Param.objects.filter(run__in=pks).values_list("run_id", "key__name", "value", "number")
    tags = RunTag.objects.filter(run__in=pks).values_list("run_id", "key__name", "value")
    metrics = metric_table(pks, at)
    return ComparisonData(
        runs=tuple(compared_run(run) for run in runs),
        params=sorted_table((at[pk], key, ParamValue(value, number)) for pk, key, value, number in params),
        metrics=metrics,
        tags=sorted_table((at[pk], key, value) for pk, key, value in tags),
        datasets=dataset_table(pks, at),
        packages=package_table(runs, user=user),
        directions=directions(runs[0].experiment_id, metrics),
    )


def compared_run(run: Run) -> ComparedRun:
    return ComparedRun(
        run_id=run.run_id,
        name=run.name,
        colour=run.colour,
        experiment_id=run.experiment_id,
        experiment=run.experiment.name,
        user_id=run.user_id,
        status=run.status,
        lifecycle_stage=run.lifecycle_stage,
        start_time=run.start_time,
        end_time=run.end_time,
    )


def sorted_table(rows: Iterable[tuple[int, str, object]]) -> dict[str, dict]:
    """(position, key, value) -> key -> position -> value, by key."""
    return in_order(table_of(rows))


def in_order(table: Mapping[str, dict]) -> dict[str, dict]:
    """By key, as people count: `layer2` before `layer10`."""
    return dict(sorted(table.items(), key=lambda item: counted(item[0])))


def counted(key: str) -> tuple[list[str | int], str]:
    parts = NUMBER.split(key)
    return [int(part) if at % 2 else part for at, part in enumerate(parts)], key


def metric_table(pks: Sequence[int], at: dict[int, int]) -> dict[str, dict[int, Numbers]]:
    rows = MetricSummary.objects.filter(run__in=pks).values_list(
        "run_id", "key__name", "last_is_nan", "first_is_nan", *SUMMARY_COLUMNS
    )
    return sorted_table(
        (at[pk], key, numbers(Numbers(*values), last_is_nan, first_is_nan))
        for pk, key, last_is_nan, first_is_nan, *values in rows
    )


def numbers(found: Numbers, last_is_nan: bool, first_is_nan: bool) -> Numbers:
    if last_is_nan:
        found = found._replace(last=math.nan)
    return found._replace(first=math.nan) if first_is_nan else found


def dataset_table(pks: Sequence[int], at: dict[int, int]) -> dict[str, dict[int, str]]:
    """Dataset name -> run -> the digests that it read, in the order logged."""
    inputs = RunInput.objects.filter(run__in=pks).order_by("pk")
    table: dict[str, dict[int, list[str]]] = {}
    for pk, name, digest in inputs.values_list("run_id", "dataset__name", "dataset__digest"):
        table.setdefault(name, {}).setdefault(at[pk], []).append(digest)
    return {name: {position: ", ".join(digests) for position, digests in table[name].items()} for name in sorted(table)}
