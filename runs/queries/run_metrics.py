"""Metrics of one run: a summary and a small line each, and those with a chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, QuerySet, Value, When

from runs.charts.svg import sparkline_path
from runs.metrics.direction import DirectionOfMetric, directions
from runs.metrics.sparkline import sparklines
from runs.models import MetricSummary, Run
from runs.queries.baseline import Delta, delta
from trackui.formats import change, decimals_for

SYSTEM_METRICS = "system/"
CHART_FILES = (".plotly.json", ".json", ".csv", ".parquet", ".svg", ".png")
METRICS_A_PAGE = 100
CHARTS_A_PAGE = 12
SINGLE_VALUES = 24


@dataclass(frozen=True)
class MetricRow:
    key: str
    summary: MetricSummary
    direction: DirectionOfMetric
    sparkline: str
    decimals: int
    # The last value of the baseline, where there is one.
    base: float | None = None

    @property
    def change(self) -> str:
        return change(self.summary.last, self.base)

    @property
    def delta(self) -> Delta | None:
        return delta(self.summary.last, self.base)

    @property
    def is_better(self) -> bool | None:
        """Than the baseline; None where that cannot be said."""
        found = self.delta
        if found is None or not found.absolute or self.direction.direction is None:
            return None
        return (found.absolute > 0) == self.direction.higher_is_better

    @property
    def page_key(self) -> str:
        return page_key(self.key)

    @property
    def best_is_min(self) -> bool:
        return self.direction.lower_is_better and self.summary.count > 1

    @property
    def best_is_max(self) -> bool:
        return self.direction.higher_is_better and self.summary.count > 1


def page_key(key: str) -> str:
    """A metric's key in the address of its page: a slash after it tells `odd.csv` from a file of `odd`."""
    return f"{key}/" if key.endswith(CHART_FILES) else key


def metric_summaries(run: Run, q: str = "") -> QuerySet[MetricSummary]:
    """By key, those of the machine after those of the model."""
    is_system = Case(When(key__name__startswith=SYSTEM_METRICS, then=Value(1)), default=Value(0))
    summaries = MetricSummary.objects.filter(run=run).select_related("key").order_by(is_system, "key__name")
    return summaries.filter(key__name__icontains=q) if q else summaries


def metric_page(run: Run, *, q: str, number: object, baseline: Run | None = None) -> tuple[Page, list[MetricRow]]:
    """Four statements, five with a baseline, however many metrics and points."""
    page = Paginator(metric_summaries(run, q), METRICS_A_PAGE).get_page(number)
    return page, metric_rows(run, page.object_list, baseline=baseline)


def chart_page(run: Run, *, q: str, number: object) -> tuple[Page, list[MetricRow], list[MetricRow]]:
    """Metrics with a line to draw, a page of them, and the first of those with one point."""
    summaries = metric_summaries(run, q)
    page = Paginator(summaries.filter(count__gt=1), CHARTS_A_PAGE).get_page(number)
    single = summaries.filter(count=1)[:SINGLE_VALUES] if page.number == 1 else ()
    return page, metric_rows(run, page.object_list), metric_rows(run, single)


def metric_rows(run: Run, summaries: Iterable[MetricSummary], *, baseline: Run | None = None) -> list[MetricRow]:
    summaries = list(summaries)
    base = last_values(baseline, [summary.key_id for summary in summaries]) if baseline else {}
    known = directions(run.experiment_id, [summary.key.name for summary in summaries])
    drawn = sparklines(summaries)
    return [
        MetricRow(
            key=summary.key.name,
            summary=summary,
            direction=known[summary.key.name],
            sparkline=sparkline_path(drawn.get((summary.run_id, summary.key_id), ())),
            decimals=decimals_for([summary.last, summary.min_value, summary.max_value, summary.mean_value]),
            base=base.get(summary.key_id),
        )
        for summary in summaries
    ]


def last_values(run: Run, keys: list[int]) -> dict[int, float]:
    return {found.key_id: found.last for found in MetricSummary.objects.filter(run=run, key__in=keys)}
