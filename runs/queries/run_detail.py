"""One run with all that its page shows: its head, and the overview of the other tabs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q

from runs.models import MetricSummary, Param, Run, RunTag
from runs.models.experiment import NOTE_TAG
from runs.queries.run_children import Children, children_of
from runs.queries.run_metrics import CHARTS_A_PAGE, SYSTEM_METRICS, MetricRow, metric_rows, metric_summaries
from runs.queries.run_neighbours import Neighbours, neighbours_of
from runs.queries.run_params import ParamRow, params_of
from runs.queries.run_relations import DatasetRow, ModelRow, datasets_of, models_of
from runs.queries.run_source import SOURCE_TAGS, Source
from runs.queries.run_tags import SHOWN_ELSEWHERE, SYSTEM_PREFIX, TagRow, tags_of

FIRST_PARAMS, FIRST_METRICS, FIRST_CHARTS = 16, 12, 4


@dataclass(frozen=True)
class RunHead:
    """What every tab of a run's page shows above itself."""

    run: Run
    source: Source
    note: str
    param_count: int
    metric_count: int
    system_count: int
    tag_count: int
    child_count: int

    @property
    def is_live(self) -> bool:
        return not self.run.is_finished and self.run.is_active


def run_head(run: Run) -> RunHead:
    """Five statements; `run` with its experiment and parent."""
    tags = system_tags(run)
    metrics = MetricSummary.objects.filter(run=run).aggregate(
        all=Count("key"), system=Count("key", filter=Q(key__name__startswith=SYSTEM_METRICS))
    )
    return RunHead(
        run=run,
        source=Source(**{field: tags[tag] for tag, field in SOURCE_TAGS.items() if tag in tags}),
        note=tags.get(NOTE_TAG, ""),
        param_count=Param.objects.filter(run=run).count(),
        metric_count=metrics["all"],
        system_count=metrics["system"],
        tag_count=RunTag.objects.filter(run=run).exclude(key__name__in=SHOWN_ELSEWHERE).count(),
        child_count=Run.objects.filter(parent=run).active().count(),
    )


def system_tags(run: Run) -> dict[str, str]:
    wanted = RunTag.objects.filter(run=run, key__name__in=[NOTE_TAG, *SOURCE_TAGS])
    return dict(wanted.values_list("key__name", "value"))


@dataclass(frozen=True)
class RunOverview:
    """The first tab: the beginning of each of the others. Each part loads when the page asks for it."""

    head: RunHead
    baseline: Run | None = None

    @property
    def run(self) -> Run:
        return self.head.run

    @cached_property
    def metrics(self) -> list[MetricRow]:
        return metric_rows(self.run, metric_summaries(self.run)[:FIRST_METRICS], baseline=self.baseline)

    @cached_property
    def params(self) -> list[ParamRow]:
        params = params_of(self.run)[:FIRST_PARAMS]
        return [ParamRow(0, key, key, value) for key, value in params]

    @cached_property
    def tags(self) -> list[TagRow]:
        return [TagRow(*row) for row in tags_of(self.run).exclude(key__name__startswith=SYSTEM_PREFIX)[:30]]

    @cached_property
    def charts(self) -> list[MetricRow]:
        """A few metrics with a line, those that can be better or worse first."""
        rows = metric_rows(self.run, metric_summaries(self.run).filter(count__gt=1)[:CHARTS_A_PAGE])
        return sorted(rows, key=lambda row: row.direction.direction is None)[:FIRST_CHARTS]

    @cached_property
    def children(self) -> Children:
        return children_of(self.run)

    @cached_property
    def neighbours(self) -> Neighbours | None:
        """None while the run goes on: its page is asked for again and again."""
        return None if self.head.is_live or not self.head.param_count else neighbours_of(self.run, limit=3)

    @cached_property
    def datasets(self) -> list[DatasetRow]:
        return datasets_of(self.run)

    @cached_property
    def models(self) -> list[ModelRow]:
        return models_of(self.run)
