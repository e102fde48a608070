"""System metrics of a run beside one metric of its model, all over the same stretch of time."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.charts.series import XAxis
from runs.queries.run_detail import run_head
from runs.queries.run_system import NONE, system_charts
from runs.views.guards import visible_run
from runs.views.run_detail import LONGEST_FILTER, filter_text, render_tab

AXES = ((XAxis.WALL, "wall time"), (XAxis.RELATIVE, "time since start"))


@require_safe
def run_system(request: HttpRequest, run_id: str) -> HttpResponse:
    """`with`: a metric of the model, or `none`; `x`: wall or relative; `q`: system metrics with this in their names."""
    run = visible_run(request, run_id)
    q, beside = filter_text(request), request.GET.get("with", "")[:LONGEST_FILTER].replace("\0", "")
    x = XAxis.RELATIVE if request.GET.get("x") == XAxis.RELATIVE else XAxis.WALL
    charts = system_charts(run, x=x, beside=beside, q=q, number=request.GET.get("page"))
    is_unknown = bool(beside) and beside != NONE and charts.beside is None
    context = {"charts": charts, "q": q, "axes": AXES, "without": NONE, "unknown_metric": beside if is_unknown else ""}
    return render_tab(request, run_head(run), "system", context)
