"""A metric's chart at an address of its own: the page, and after a dot its figure, drawing and data.

`…/charts/val_loss` is the page, `.json` the Plotly figure, `.svg` the drawing, `.csv` every point. A key that
ends like one of these files has a slash after it where its page is meant.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from runs.charts.metric_lines import metric_lines
from runs.charts.plotly_json import figure_json
from runs.charts.svg import Box, svg_chart, svg_file
from runs.metrics.blocks import DamagedBlock
from runs.metrics.history import history, history_by_step
from runs.metrics.orders import Order
from runs.models import MetricSummary, Run
from runs.queries.metric_panel import metric_panel, panel_state
from runs.queries.panel_options import PanelOptions
from runs.queries.run_detail import run_head
from runs.queries.run_metrics import CHART_FILES, metric_rows
from runs.views.guards import visible_run
from runs.views.run_tables import plain, with_head
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.http import begun, csv_response, render_page

POINTS_A_PAGE = 50
DRAWN_IN_PAGE = 100_000
# A drawing that fills the page, and how wide a file may be asked for.
WIDE = Box(1200, 420)
NARROWEST, WIDEST = 320, 1600


@require_safe
def run_chart(request: HttpRequest, run_id: str, key: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key, form = split_form(key)
    if form:
        return chart_file(request, [run], key, form)
    return run_chart_page(request, run, key)


def split_form(path: str) -> tuple[str, str]:
    """`val_loss.svg` -> `val_loss`, `.svg`; `val_loss` and `odd.svg/` are pages."""
    for form in CHART_FILES:
        if path.endswith(form) and len(path) > len(form):
            return path.removesuffix(form), form
    return path.removesuffix("/"), ""


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


def chart_file(request: HttpRequest, runs: Sequence[Run], key: str, form: str) -> HttpResponse:
    if form == ".csv":
        return csv_response(with_head(CSV_COLUMNS, begun(point_lines(runs, key))), f"{file_name(key)}.csv")
    options = PanelOptions.from_query(request.GET)
    # A page that shows the drawing says in which look, and has a ground of its own.
    look = request.GET.get("look", "")
    state = f"{form}{look}{panel_state(runs, key, options)}"
    etag = f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif form == ".json":
        figure = figure_json(metric_lines(metric_panel(runs, key, options)))
        response = HttpResponse(figure, content_type="application/json")
    else:
        response = HttpResponse(
            svg_file(metric_panel(runs, key, options), box=svg_box(options), look=look, ground=not look),
            content_type="image/svg+xml",
        )
        response["Content-Disposition"] = content_disposition_header("download" in request.GET, f"{file_name(key)}.svg")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def svg_box(options: PanelOptions) -> Box:
    return Box(width=min(max(options.pixels, NARROWEST), WIDEST))


def file_name(key: str) -> str:
    return key.replace("/", "-").replace("\\", "-")


CSV_COLUMNS = ("run_id", "run_name", "step", "timestamp", "time", "value")


def point_lines(runs: Sequence[Run], key: str) -> Iterator[list]:
    """Every point, run after run, as they are asked for."""
    for run in runs:
        for line in history(run.pk, key, order=Order.BY_STEP):
            for step, timestamp, value in zip(*(column.tolist() for column in line), strict=True):
                yield [run.run_id, run.name, step, timestamp, iso_time(timestamp), plain(value)]


def iso_time(milliseconds: int) -> str:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return ""


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
