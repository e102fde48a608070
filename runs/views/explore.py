"""Figures over the runs an address means: pages, their files, and what is brushed as a filter."""

import hashlib
import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from runs.charts.colour_key import colour_key
from runs.charts.importance import ImportanceBars
from runs.charts.plotly_json import figure_json
from runs.charts.svg import Box
from runs.charts.svg_parts import svg_figure, svg_figure_file
from runs.models import Experiment
from runs.queries.experiment_list import experiment_row
from runs.queries.explore import Explored, run_values
from runs.queries.explore_choices import Choices, choices
from runs.queries.explore_figures import explored
from runs.queries.explore_form import explore_form
from runs.queries.explore_importance import KIND, importance_of
from runs.queries.explore_kinds import FORESTS, KINDS
from runs.queries.explore_overview import Overview, overview
from runs.queries.narrowing import Brushed, condition, narrowed_filter
from runs.queries.run_columns import find_columns
from runs.queries.run_set import RunSet
from runs.services.jobs import start_job
from runs.views.run_sets import asked_run_set, table_options, visible_experiment
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError

PICTURE = Box(1000, 460)
SMALL = Box(380, 220)
NARROWEST, WIDEST = 320, 1600
ROWS_SHOWN = 25
BRUSHED = re.compile(r"(from|to|is)\.(.+)", re.DOTALL)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.IGNORECASE | re.ASCII)


@require_safe
@gzip_page
def explore(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """A metric against all that differs."""
    experiment = visible_experiment(request, experiment_id)
    runs, chosen = asked_run_set(request, experiment), choices(experiment.pk, KINDS["importance"], request.GET)
    failed = isinstance(runs, SearchSyntaxError)
    seen = Overview() if failed else overview(runs, chosen, marked=marked_run(request))
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "kinds": KINDS.values(),
        "importance_kind": KINDS["importance"],
        "choices": chosen,
        "form": explore_form(chosen, Explored()),
        "options": table_options(request),
        "error": runs if failed else None,
        "overview": seen,
        "panels": [(panel, svg_figure(panel.chart, SMALL)) for panel in seen.panels],
        "importance_drawing": svg_figure(seen.importance, bars_box(seen.importance)) if seen.importance else "",
    }
    return render_page(
        request, "runs/explore.html", context, fragment="runs/_explore_overview.html", status=400 if failed else 200
    )


def bars_box(bars: ImportanceBars) -> Box:
    """As high as its bars need."""
    return Box(860, 64 + 24 * max(bars.shown, 2))


@require_safe
@gzip_page
def explore_figure(request: HttpRequest, experiment_id: int, kind: str) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    runs, chosen = asked_run_set(request, experiment), choices(experiment.pk, KINDS[kind], request.GET)
    failed = isinstance(runs, SearchSyntaxError)
    shown = Explored() if failed else explored(runs, chosen, marked=marked_run(request))
    chosen = shown.choices or chosen
    drawing = svg_figure(shown.chart, PICTURE) if shown.chart else ""
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "kinds": KINDS.values(),
        "kind": KINDS[kind],
        "choices": chosen,
        "form": explore_form(chosen, shown),
        "options": table_options(request),
        "error": runs if failed else None,
        "shown": shown,
        "key": colour_key(shown.chart.colour) if hasattr(shown.chart, "colour") else "",
        "drawing": drawing,
        "version": hashlib.sha256(drawing.encode()).hexdigest()[:16],
        "head_rows": head_rows(shown),
        "specs": shown.table.specs if shown.table else (),
        "csv_address": csv_address(request, experiment, kind),
        "server_address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_page(
        request,
        "runs/explore_figure.html",
        context,
        fragment="runs/_explore_figure.html",
        status=400 if failed else 200,
    )


def csv_address(request: HttpRequest, experiment: Experiment, kind: str) -> str:
    path = reverse("runs:explore_file", args=[experiment.pk, kind, "csv"])
    query = request.GET.urlencode()
    return request.build_absolute_uri(f"{path}?{query}" if query else path)


def marked_run(request: HttpRequest) -> str:
    marked = request.GET.get("mark", "")[:64]
    return "" if "\0" in marked else marked


def head_rows(shown: Explored) -> list[list]:
    """The first rows of the table, for the page."""
    if shown.table is None:
        return []
    rows = iter(shown.table.rows)
    return [list(row) for _, row in zip(range(ROWS_SHOWN), rows, strict=False)]


# --- Files ------------------------------------------------------------------------------------


def asked(request: HttpRequest, experiment_id: int, kind: str, *, whole: bool = False) -> tuple[Experiment, Explored]:
    """SearchSyntaxError where the filter cannot be read."""
    experiment = visible_experiment(request, experiment_id)
    runs: RunSet | SearchSyntaxError = asked_run_set(request, experiment)
    if isinstance(runs, SearchSyntaxError):
        raise runs
    chosen: Choices = choices(experiment.pk, KINDS[kind], request.GET)
    return experiment, explored(runs, chosen, marked=marked_run(request), whole=whole)


@require_safe
def explore_file(request: HttpRequest, experiment_id: int, kind: str, form: str) -> HttpResponse:
    experiment, shown = asked(request, experiment_id, kind, whole=True)
    table = shown.table
    return export_response(
        request,
        Table(
            name=f"{file_name(experiment)}-{kind}",
            columns=table.columns if table else columns(problem="text"),
            rows=table.rows if table else [[shown.problem]],
            filter=request.GET.get("q", ""),
        ),
        form,
    )


@require_safe
@gzip_page
def explore_plotly(request: HttpRequest, experiment_id: int, kind: str) -> HttpResponse:
    _, shown = asked(request, experiment_id, kind)
    figure = shown.chart.figure() if shown.chart else {"data": [], "layout": {}}
    return unless_known(request, figure_json(figure), "application/json")


@require_safe
@gzip_page
def explore_svg(request: HttpRequest, experiment_id: int, kind: str) -> HttpResponse:
    experiment, shown = asked(request, experiment_id, kind)
    if shown.chart is None:
        return HttpResponse(shown.problem, status=404, content_type="text/plain; charset=utf-8")
    width = request.GET.get("width", "")
    box = Box(min(max(int(width), NARROWEST), WIDEST) if re.fullmatch("[0-9]{1,4}", width) else PICTURE.width, 460)
    look = request.GET.get("look", "")
    body = svg_figure_file(shown.chart, box=box, look=look, ground=not look).encode()
    response = unless_known(request, body, "image/svg+xml")
    name = f"{file_name(experiment)}-{kind}.svg"
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, name)
    return response


def unless_known(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """304 for who has it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def file_name(experiment: Experiment) -> str:
    return re.sub(r"[^\w.-]+", "-", experiment.name).strip("-")[:100] or "runs"


# --- Forests ----------------------------------------------------------------------------------


@require_POST
def explore_grow(request: HttpRequest, experiment_id: int, kind: str) -> HttpResponse:
    """Start the job that grows the forest, or find it; then back to the figure, which follows it."""
    experiment = visible_experiment(request, experiment_id)
    runs = asked_run_set(request, experiment)
    if isinstance(runs, SearchSyntaxError):
        raise runs
    chosen = choices(experiment.pk, KINDS[kind], request.GET)
    if chosen.kind.name in FORESTS and not chosen.missing:
        asked_of, _ = importance_of(run_values(runs, chosen))
        if not asked_of.problem:
            start_job(
                KIND,
                title=f"What explains {asked_of.label} in {experiment.name[:200]}",
                arguments=asked_of.arguments,
                user=request.user,
                experiment=experiment,
                fingerprint=asked_of.fingerprint,
            )
    address = reverse("runs:explore_figure", args=[experiment.pk, kind])
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


# --- What is brushed --------------------------------------------------------------------------


@require_safe
def explore_narrow(request: HttpRequest, experiment_id: int, kind: str) -> HttpResponse:
    """`from.params.lr=1e-4&to.params.lr=1e-2&is.params.model=mlp` as conditions of `q`: then the table of these runs,
    or with `to=here` the figure of them."""
    experiment = visible_experiment(request, experiment_id)
    query = request.GET.copy()
    brushed: dict[str, dict[str, object]] = {}
    for name in list(query):
        if match := BRUSHED.fullmatch(name):
            values = query.pop(name)
            brushed.setdefault(match[2], {})[match[1]] = read_brush(match[1], values)
    goes_here = query.pop("to", [""])[-1] == "here"
    found = find_columns(experiment.pk, list(brushed)[:60])
    conditions = [
        condition(Brushed(column, ends.get("from"), ends.get("to"), ends.get("is", ())))
        for column in found
        if (ends := brushed.get(column.spec))
    ]
    if text := narrowed_filter(query.get("q", "").strip(), conditions):
        query["q"] = text
    query.pop("page", None)
    name, more = ("runs:explore_figure", [kind]) if goes_here else ("runs:run_list", [])
    address = reverse(name, args=[experiment.pk, *more])
    return HttpResponseRedirect(f"{address}?{query.urlencode()}" if query else address)


def read_brush(word: str, values: list[str]) -> float | tuple[str, ...] | None:
    if word == "is":
        return tuple(value for value in values if "\0" not in value)
    text = values[-1].strip()
    return float(text) if len(text) < 60 and NUMBER.fullmatch(text) else None
