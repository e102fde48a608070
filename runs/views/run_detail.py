"""The page of a run: every tab an address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.queries.panel_options import PanelOptions
from runs.queries.run_detail import RunHead, RunOverview, run_head
from runs.queries.run_metrics import chart_page, metric_page
from runs.queries.run_params import param_page
from runs.queries.run_tags import tag_page
from runs.views.guards import visible_run
from trackui.http import render_page

LONGEST_FILTER = 500
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
    context = {
        "overview": RunOverview(head),
        "options": PanelOptions(),
        "first_snippet": FIRST_SNIPPET.format(run_id=run.run_id),
        "read_snippet": READ_SNIPPET.format(run_id=run.run_id, server=server),
        "curl_snippet": CURL_SNIPPET.format(run_id=run.run_id, server=server),
    }
    return render_tab(request, head, "overview", context)


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
    page, rows = metric_page(run, q=q, number=request.GET.get("page"))
    return render_tab(request, run_head(run), "metrics", {"page": page, "rows": rows, "q": q})


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


def render_tab(request: HttpRequest, head: RunHead, tab: str, context: dict, *, status: int = 200) -> HttpResponse:
    """The page, or what `<live-region>` swaps of it: all but the frame."""
    context = {"head": head, "run": head.run, "experiment": head.run.experiment, "tab": tab, **context}
    context["tab_template"] = f"runs/_run_{tab}.html"
    return render_page(request, "runs/run_detail.html", context, fragment="runs/_run_detail.html", status=status)


def filter_text(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST_FILTER].replace("\0", "")
