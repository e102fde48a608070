"""What the machine of a run did, beside one metric of the model: charts over one stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from runs.charts.series import XAxis
from runs.metrics.direction import directions
from runs.models import MetricSummary, Run
from runs.queries.headlines import headline_rank
from runs.queries.run_metrics import SYSTEM_METRICS, MetricRow, metric_rows, metric_summaries

CHARTS_A_PAGE = 24
OFFERED_METRICS = 100
NONE = "none"  # `with=none`: no metric of the model


@dataclass(frozen=True)
class SystemCharts:
    """`query` sets the same axis and the same ends for all; `beside`: the metric of the model, or None."""

    page: Page
    rows: list[MetricRow]
    beside: MetricRow | None
    offered: list[str]
    x: XAxis
    query: str


def system_charts(run: Run, *, x: XAxis, beside: str, q: str, number: object) -> SystemCharts:
    """Six statements, however many metrics and points."""
    found = metric_summaries(run, q).filter(key__name__startswith=SYSTEM_METRICS)
    page = Paginator(found, CHARTS_A_PAGE).get_page(number)
    summaries = list(page.object_list)
    offered = offered_metrics(run)
    wanted = beside or next(iter(offered), NONE)
    chosen = MetricSummary.objects.filter(run=run, key__name=wanted).select_related("key").first()
    rows = metric_rows(run, [*summaries, *([chosen] if chosen else [])])
    shown = [*summaries, *([chosen] if chosen else [])]
    return SystemCharts(
        page=page,
        rows=rows[: len(summaries)],
        beside=rows[-1] if chosen else None,
        offered=offered,
        x=x,
        query=urlencode(stretch(run, shown, x)),
    )


def stretch(run: Run, summaries: list[MetricSummary], x: XAxis) -> dict[str, str]:
    """From the first point of any of them to the last."""
    if not summaries:
        return {"x": x}
    first = min(one.first_timestamp for one in summaries)
    last = max(one.last_timestamp for one in summaries)
    if first >= last:
        return {"x": x}
    if x is XAxis.RELATIVE:
        return {
            "x": x,
            "x_from": f"{(first - run.start_time) / 1000:.3f}s",
            "x_to": f"{(last - run.start_time) / 1000:.3f}s",
        }
    return {"x": x, "x_from": str(first), "x_to": str(last)}


def offered_metrics(run: Run) -> list[str]:
    """Metrics of the model with a line, what people look at first before the others. Two statements."""
    lines = MetricSummary.objects.filter(run=run, count__gt=1).exclude(key__name__startswith=SYSTEM_METRICS)
    keys = list(lines.values_list("key__name", flat=True))
    known = directions(run.experiment_id, keys)
    return sorted(keys, key=lambda key: headline_rank(key, known[key]))[:OFFERED_METRICS]
