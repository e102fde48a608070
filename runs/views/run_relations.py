"""Tabs of a run's page about others: runs set up alike, what it read and made."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.queries.run_detail import run_head
from runs.queries.run_neighbours import neighbours_of
from runs.views.guards import visible_run
from runs.views.run_detail import LONGEST_FILTER, render_tab

NEIGHBOURS = 30


@require_safe
def run_similar(request: HttpRequest, run_id: str) -> HttpResponse:
    """`metric`: whose change is told, the headline of the run unless it is named."""
    run = visible_run(request, run_id)
    asked = request.GET.get("metric", "")[:LONGEST_FILTER]
    near = neighbours_of(run, metric=asked, limit=NEIGHBOURS)
    unknown = asked if asked and asked != near.metric else ""
    return render_tab(request, run_head(run), "similar", {"near": near, "unknown_metric": unknown})
