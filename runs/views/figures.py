"""A metric's chart at an address of its own: its page. What it is as a file is in `chart_files`."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.charts.svg import Box, svg_chart
from runs.metrics.blocks import DamagedBlock
from runs.metrics.history import history_by_step
from runs.models import MetricSummary, Run
from runs.queries.chart_subject import ChartSubject
from runs.queries.metric_panel import metric_legend, metric_panel
from runs.queries.panel_options import PanelOptions
from runs.queries.run_detail import run_head
from runs.queries.run_metrics import metric_rows, page_key
from runs.views.chart_files import chart_file, drawn, split_form
from runs.views.guards import visible_run
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.http import render_page

POINTS_A_PAGE = 50
DRAWN_IN_PAGE = 100_000
# A drawing that fills the page.
WIDE = Box(1200, 420)


@require_safe
def run_chart(request: HttpRequest, run_id: str, key: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key, form = split_form(key)
    if form:
        return chart_file(request, [run], key, form)
    return run_chart_page(request, run, key)


def run_chart_page(request: HttpRequest, run: Run, key: str) -> HttpResponse:
    summary = MetricSummary.objects.filter(run=run, key__name=key).select_related("key").first()
    if summary is None:
        raise ResourceDoesNotExist(f"This run has no metric {shorten(key)}.")
    options = replace(PanelOptions.from_query(request.GET), pixels=WIDE.width)
    points = Points(run.pk, key, summary.count)
    page = Paginator(points, POINTS_A_PAGE).get_page(request.GET.get("page"))
    # A long history is read once, for the figure: the page does not wait for it.
    chart = metric_panel([run], key, options) if summary.count <= DRAWN_IN_PAGE else None
    context = {
        "head": run_head(run),
        "run": run,
        "experiment": run.experiment,
        "tab": "charts",
        "tab_template": "runs/_run_chart.html",
        "row": metric_rows(run, [summary])[0],
        "chart": chart,
        "drawing": svg_chart(chart, WIDE) if chart else "",
        "options": options,
        "page": page,
        "damage": points.damage,
    }
    return render_page(request, "runs/run_detail.html", context, fragment="runs/_run_detail.html")


def chart_page_context(request: HttpRequest, subject: ChartSubject) -> dict[str, Any]:
    """What the page of a chart of many runs needs. A long history is read once, for the figure: the page does not
    wait for it.
    """
    options = replace(PanelOptions.from_query(request.GET), pixels=WIDE.width)
    legend = metric_legend(subject)
    counts = [line.summary.count for line in legend if line.summary]
    chart = drawn(subject, options) if 0 < sum(counts) <= DRAWN_IN_PAGE else None
    return {
        "key": subject.key,
        "page_key": page_key(subject.key),
        "options": options,
        "legend": legend,
        "points": sum(counts),
        "without": len(legend) - len(counts),
        "chart": chart,
        "drawing": svg_chart(chart, WIDE) if chart else "",
    }


class Points:
    """The exact points of a metric as a sequence that a paginator slices; each slice reads what it needs.

    A slice that touches a damaged block is empty, and `damage` says why.
    """

    damage = ""

    def __init__(self, run_pk: int, key: str, count: int) -> None:
        self.run_pk, self.key, self.count = run_pk, key, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, piece: slice) -> list:
        try:
            return history_by_step(self.run_pk, self.key, limit=piece.stop - piece.start, offset=piece.start)
        except DamagedBlock as error:
            self.damage = error.message
            return []
