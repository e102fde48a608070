"""What was measured of a version, and how it was set up: by its logged model, and by its source run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import LoggedModel, LoggedModelMetric, LoggedModelParam, MetricSummary, Param, Run
from runs.queries.headlines import headline_rank
from runs.queries.run_metrics import SYSTEM_METRICS, page_key

MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class VersionMetric:
    """The last value of a metric. `is_of_model`: it was logged of the model itself, and not only of its run.

    `dataset`: what it was measured on, where that is known.
    """

    key: str
    value: float
    step: int
    direction: DirectionOfMetric
    is_of_model: bool
    dataset: str = ""

    @property
    def page_key(self) -> str:
        return page_key(self.key)


@dataclass(frozen=True, slots=True)
class VersionParam:
    key: str
    value: str
    is_of_model: bool


def version_metrics(model: LoggedModel | None, run: Run | None) -> list[VersionMetric]:
    """Those people look at first before the others; the machine's own are left out. Three statements.

    A run can make several models, so what was logged of this one counts before what the run says last.
    """
    of_model = last_points(model)
    of_run = list(summaries(run)) if run else []
    experiment = run.experiment_id if run else model.experiment_id if model else None
    known = directions(experiment, [*of_model, *(one.key.name for one in of_run)])
    found = [
        VersionMetric(key, value_of(point), point.step, known[key], True, dataset_of(point))
        for key, point in of_model.items()
    ]
    found += [
        VersionMetric(one.key.name, one.last, one.last_step, known[one.key.name], False)
        for one in of_run
        if one.key.name not in of_model
    ]
    return sorted(found, key=lambda one: headline_rank(one.key, one.direction))


def last_points(model: LoggedModel | None) -> dict[str, LoggedModelMetric]:
    """By key, the point of the last step: of several, the latest, then the highest. One statement."""
    if model is None:
        return {}
    points = LoggedModelMetric.objects.filter(model=model)
    place = Window(
        RowNumber(), partition_by="key", order_by=[F("step").desc(), F("timestamp").desc(), F("value").desc()]
    )
    return {point.key: point for point in points.annotate(place=place).filter(place=1).order_by("key")[:MOST_KEYS]}


def summaries(run: Run) -> Iterable[MetricSummary]:
    found = MetricSummary.objects.filter(run=run).select_related("key").order_by("key__name")
    return found.exclude(key__name__startswith=SYSTEM_METRICS)


def value_of(point: LoggedModelMetric) -> float:
    return math.nan if point.is_nan else point.value


def dataset_of(point: LoggedModelMetric) -> str:
    return " ".join(filter(None, [point.dataset_name, point.dataset_digest and f"({point.dataset_digest})"]))


def version_params(model: LoggedModel | None, run: Run | None) -> list[VersionParam]:
    """By key; what the model says counts before what its run says. Two statements."""
    of_model = dict(LoggedModelParam.objects.filter(model=model).values_list("key", "value")) if model else {}
    of_run = dict(Param.objects.filter(run=run).values_list("key__name", "value")) if run else {}
    return [VersionParam(key, value, key in of_model) for key, value in sorted((of_run | of_model).items())]
