"""The page of a run: every tab an address."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.models import Run
from runs.queries.baseline import Baseline, find_baseline
from runs.queries.panel_options import PanelOptions
from runs.queries.run_detail import RunHead, RunOverview, run_head
from runs.queries.run_environment import environment_file
from runs.queries.run_metrics import chart_page, metric_page
from runs.queries.run_params import param_page, params_of
from runs.queries.run_source import Environment, reproduce_snippet
from runs.queries.run_tags import tag_page
from runs.views.guards import visible_run
from trackui.http import render_page

LONGEST_FILTER = 500
SAID_PARAMS = 200
FIRST_SNIPPET = """\
with mlflow.start_run(run_id="{run_id}"):
    mlflow.log_param("lr", 0.01)
    mlflow.log_metric("val_loss", 0.214, step=1)"""
CURL_SNIPPET = "curl '{server}/api/2.0/mlflow/runs/get?run_id={run_id}'"
READ_SNIPPET = """\
import mlflow

mlflow.set_tracking_uri("{server}")
run = mlflow.get_run("{run_id}")
run.data.metrics, run.data.params"""


@require_safe
def run_detail(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    head = run_head(run)
    server = request.build_absolute_uri("/").rstrip("/")
    baseline, base = measured_against(request, run)
    overview = RunOverview(head, base)
    context = {
        "overview": overview,
        "baseline": baseline,
        "base": base,
        "reproduce": reproduce(request, overview),
        "options": PanelOptions(),
        "first_snippet": FIRST_SNIPPET.format(run_id=run.run_id),
        "read_snippet": READ_SNIPPET.format(run_id=run.run_id, server=server),
        "curl_snippet": CURL_SNIPPET.format(run_id=run.run_id, server=server),
    }
    return render_tab(request, head, "overview", context)


def measured_against(request: HttpRequest, run: Run) -> tuple[Baseline | None, Run | None]:
    """The baseline that the address or the experiment names, and its run where that is another."""
    baseline = find_baseline(request.GET.get("baseline", ""), user=request.user, experiment=run.experiment)
    base = baseline.run if baseline else None
    return baseline, None if base is None or base.pk == run.pk else base


def reproduce(request: HttpRequest, overview: RunOverview) -> str:
    run = overview.run
    found = environment_file(run, overview.models, user=request.user)
    environment = None
    if found:
        query = urlencode({"model": found.model_id, "path": found.path} if found.model_id else {"path": found.path})
        address = request.build_absolute_uri(f"{reverse('runs:artifact_file', args=[run.run_id])}?{query}")
        environment = Environment(found.name, address)
    return reproduce_snippet(overview.head.source, dict(params_of(run)[:SAID_PARAMS]), environment)


@require_safe
def run_params(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    q = filter_text(request)
    page, rows = param_page(run, q=q, number=request.GET.get("page"))
    return render_tab(request, run_head(run), "params", {"page": page, "rows": rows, "q": q})


@require_safe
def run_metrics(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    q = filter_text(request)
    baseline, base = measured_against(request, run)
    page, rows = metric_page(run, q=q, number=request.GET.get("page"), baseline=base)
    kept = [("baseline", request.GET["baseline"])] if "baseline" in request.GET else []
    context = {"page": page, "rows": rows, "q": q, "baseline": baseline, "base": base, "kept": kept}
    return render_tab(request, run_head(run), "metrics", context)


@require_safe
def run_charts(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    q = filter_text(request)
    page, rows, single = chart_page(run, q=q, number=request.GET.get("page"))
    context = {"page": page, "rows": rows, "single": single, "q": q, "options": PanelOptions.from_query(request.GET)}
    return render_tab(request, run_head(run), "charts", context)


@require_safe
def run_tags(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    page, rows = tag_page(run, number=request.GET.get("page"))
    return render_tab(request, run_head(run), "tags", {"page": page, "rows": rows, "edited": request.GET.get("edit")})


def render_tab(
    request: HttpRequest, head: RunHead, tab: str, context: dict, *, status: int = 200, template: str = ""
) -> HttpResponse:
    """The page, or what `<live-region>` swaps of it: all but the frame. `template`: of a tab that others have too."""
    context = {"head": head, "run": head.run, "experiment": head.run.experiment, "tab": tab, **context}
    context["tab_template"] = template or f"runs/_run_{tab}.html"
    return render_page(request, "runs/run_detail.html", context, fragment="runs/_run_detail.html", status=status)


def filter_text(request: HttpRequest, name: str = "q") -> str:
    return request.GET.get(name, "").strip()[:LONGEST_FILTER].replace("\0", "")
