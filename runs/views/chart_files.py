"""A metric's chart as a file: its figure, its drawing, its data.

`…/charts/val_loss.plotly.json` is the Plotly figure, `.svg` and `.png` the drawing, `.json`, `.csv` and `.parquet`
every point. A key that ends like one of these files has a slash after it where its page is meant.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from runs.charts.metric_lines import metric_lines
from runs.charts.plotly_json import figure_json
from runs.charts.png import png_file
from runs.charts.series import LineChart
from runs.charts.svg import Box, svg_file
from runs.charts.version import DRAWN_BY
from runs.metrics.history import history
from runs.metrics.orders import Order
from runs.models import Run
from runs.queries.chart_subject import ChartSubject
from runs.queries.metric_panel import metric_panel, panel_state
from runs.queries.panel_options import PanelOptions
from runs.queries.run_metrics import CHART_FILES
from trackui.exports.responses import FORMS, export_response
from trackui.exports.tables import Column, Table, columns

# How wide a drawing may be asked for.
NARROWEST, WIDEST = 320, 1600
COLUMNS = columns(run_id="text", run_name="text", step="integer", timestamp="integer", time="time", value="number")
GROUP = Column("group")


def split_form(path: str) -> tuple[str, str]:
    """`val_loss.svg` -> `val_loss`, `.svg`; `val_loss` and `odd.svg/` are pages."""
    for form in CHART_FILES:
        if path.endswith(form) and len(path) > len(form):
            return path.removesuffix(form), form
    return path.removesuffix("/"), ""


def chart_file(request: HttpRequest, runs: Sequence[Run], key: str, form: str, **more) -> HttpResponseBase:
    """Of lines of runs; `more`: what else ChartSubject knows."""
    return subject_file(request, ChartSubject.of(key, runs, **more), form)


def subject_file(request: HttpRequest, subject: ChartSubject, form: str) -> HttpResponseBase:
    if form.removeprefix(".") in FORMS:
        table = Table(file_name(subject.key), table_columns(subject), point_rows(subject), filter=subject.filter)
        return export_response(request, table, form.removeprefix("."))
    return drawn_file(request, subject, form)


def drawn_file(request: HttpRequest, subject: ChartSubject, form: str) -> HttpResponse:
    options = PanelOptions.from_query(request.GET)
    look = request.GET.get("look", "")
    # A page that shows the drawing has a ground of its own.
    is_in_page = "ground" in request.GET
    state = panel_state(subject.runs, subject.key, options, groups=subject.groups, baseline=subject.baseline)
    state = f"{DRAWN_BY}{form}{look}{is_in_page}{state}"
    etag = f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif form == ".plotly.json":
        figure = figure_json(metric_lines(drawn(subject, options)))
        response = HttpResponse(figure, content_type="application/json")
    else:
        drawing = svg_file(drawn(subject, options), box=svg_box(options), look=look, ground=not is_in_page)
        response = (
            HttpResponse(png_file(drawing), content_type="image/png")
            if form == ".png"
            else HttpResponse(drawing, content_type="image/svg+xml")
        )
        name = f"{file_name(subject.key)}{form}"
        response["Content-Disposition"] = content_disposition_header("download" in request.GET, name)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def drawn(subject: ChartSubject, options: PanelOptions) -> LineChart:
    return metric_panel(subject.runs, subject.key, options, groups=subject.groups, baseline=subject.baseline)


def svg_box(options: PanelOptions) -> Box:
    return Box(width=min(max(options.pixels, NARROWEST), WIDEST))


def file_name(key: str) -> str:
    return key.replace("/", "-").replace("\\", "-")


def table_columns(subject: ChartSubject) -> list[Column]:
    return [*COLUMNS, GROUP] if subject.groups else list(COLUMNS)


def point_rows(subject: ChartSubject) -> Iterator[list]:
    """Every point, run after run, as they are asked for; where runs are grouped, of which group each is."""
    grouped = [(run, [group.label]) for group in subject.groups for run in group.runs]
    for run, group in [*grouped, *((run, [None] if subject.groups else []) for run in subject.runs)]:
        for line in history(run.pk, subject.key, order=Order.BY_STEP):
            for step, timestamp, value in zip(*(column.tolist() for column in line), strict=True):
                yield [run.run_id, run.name, step, timestamp, timestamp, value, *group]
