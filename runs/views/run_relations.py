"""Tabs of a run's page about others: children, runs set up alike, what it read and made; and what people changed."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.charts.lineage_svg import PictureBox, lineage_svg, upright_svg
from runs.models import Run
from runs.models.run import PARENT_RUN_TAG
from runs.queries.run_choices import Choice, choice_filter
from runs.queries.run_detail import run_head
from runs.queries.run_history import run_history
from runs.queries.run_lineage import Node, NodeKind, lineage_of
from runs.queries.run_neighbours import neighbours_of
from runs.queries.run_table import run_table
from runs.queries.run_table_options import PAGE_SIZES
from runs.views.guards import visible_run
from runs.views.run_detail import LONGEST_FILTER, render_tab
from runs.views.run_sets import table_options
from trackui.exports.responses import FORMS

NEIGHBOURS = 30
NO_FAMILIES = "flat"
FORM_NAMES = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


@require_safe
def run_children(request: HttpRequest, run_id: str) -> HttpResponse:
    """The run table of the experiment, of the children of this run alone: `q`, `columns`, `order`, `page` as there."""
    run = visible_run(request, run_id)
    options = table_options(request)
    of_this = Choice(f"tags.{PARENT_RUN_TAG}", (run.run_id,))
    table = run_table(run.experiment_id, replace(options, choices=(*options.choices, of_this), children=NO_FAMILIES))
    context = {"table": table, "options": options, "page_sizes": PAGE_SIZES, "children_url": children_url(run)}
    context["files"] = [(FORM_NAMES[form], children_file(request, run, form)) for form in FORMS]
    return render_tab(request, run_head(run), "children", context, status=400 if table.error else 200)


def children_url(run: Run) -> str:
    """The run table of the experiment, with the children of this run alone."""
    query = urlencode({f"tags.{PARENT_RUN_TAG}": run.run_id})
    return f"{reverse('runs:run_list', args=[run.experiment_id])}?{query}"


def children_file(request: HttpRequest, run: Run, form: str) -> str:
    """All children that match, with the columns and the order of the page."""
    query = request.GET.copy()
    for name in ("page", "rows"):
        query.pop(name, None)
    query[f"tags.{PARENT_RUN_TAG}"] = run.run_id
    return f"{reverse('runs:run_list_file', args=[run.experiment_id, form])}?{query.urlencode()}"


@require_safe
def run_similar(request: HttpRequest, run_id: str) -> HttpResponse:
    """`metric`: whose change is told, the headline of the run unless it is named."""
    run = visible_run(request, run_id)
    asked = request.GET.get("metric", "")[:LONGEST_FILTER]
    near = neighbours_of(run, metric=asked, limit=NEIGHBOURS)
    unknown = asked if asked and asked != near.metric else ""
    return render_tab(request, run_head(run), "similar", {"near": near, "unknown_metric": unknown})


@require_safe
def run_lineage(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    lineage = lineage_of(run, user=request.user)
    columns = [[picture_box(node, run) for node in stage.nodes] for stage in lineage.stages]
    stages = [(stage, [(node, address(node, run)) for node in stage.nodes]) for stage in lineage.stages if stage.title]
    files = [(name, reverse("runs:run_table", args=[run_id, "lineage", form])) for form, name in FORM_NAMES.items()]
    context = {
        "stages": stages,
        "picture": lineage_svg(columns, lineage.links),
        "upright": upright_svg(columns, lineage.links),
        "files": files,
    }
    return render_tab(request, run_head(run), "lineage", context, template="runs/_lineage.html")


def picture_box(node: Node, run: Run) -> PictureBox:
    is_here = node.run is not None and node.run.pk == run.pk
    return PictureBox(node.key, node.name, node.note, node.kind, "" if is_here else address(node, run), is_here)


def readers_address(dataset: Node) -> str:
    """The runs of the experiment that read a dataset of this name."""
    query = urlencode({"q": choice_filter(Choice("datasets.name", (dataset.name,)))})
    return f"{reverse('runs:run_list', args=[dataset.owner.experiment_id])}?{query}"


def address(node: Node, run: Run) -> str:
    """Where a node has a page; a model is shown among the files of a run that made or read it."""
    if node.kind is NodeKind.RUN:
        return reverse("runs:run_detail", args=[node.run.run_id])
    if node.version:
        return reverse("models:version_detail", args=node.version)
    if node.kind is NodeKind.DATASET:
        return readers_address(node)
    if node.kind is NodeKind.MODEL and node.is_known:
        query = urlencode({"model": node.model_id, "path": "MLmodel"})
        return f"{reverse('runs:run_artifacts', args=[run.run_id])}?{query}"
    return ""


@require_safe
def run_history_page(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    page, edits = run_history(run, number=request.GET.get("page"), user=request.user)
    return render_tab(request, run_head(run), "history", {"page": page, "edits": edits})
