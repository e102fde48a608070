"""The baseline of a run table: one run of the address, or the one that the experiment keeps."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from runs.queries.baseline import run_of
from runs.services.baselines import set_baseline
from runs.views.run_sets import chosen_runs, visible_experiment
from trackui.errors import InvalidParameterValue, shorten


@require_http_methods(["GET", "HEAD", "POST"])
def run_baseline(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """GET: back to the table, measured against the first of the ticked `runs`. POST: `baseline` is kept by the
    experiment, empty for none. `address`: the query of the table to go back to.
    """
    experiment = visible_experiment(request, experiment_id)
    page = reverse("runs:run_list", args=[experiment.pk])
    if request.method != "POST":
        return redirect(_address(page, request.GET.get("address", ""), next(iter(chosen_runs(request)), None)))
    baseline = request.POST.get("baseline", "").strip()
    if baseline and run_of(baseline, request.user) is None:
        raise InvalidParameterValue(f"There is no run {shorten(baseline, 80)} to measure against.")
    set_baseline(experiment.experiment_id, baseline, user=request.user)
    messages.success(request, "Baseline of the experiment set." if baseline else "The experiment has no baseline now.")
    return redirect(_address(page, request.POST.get("address", ""), None))


@require_safe
def all_run_baseline(request: HttpRequest) -> HttpResponse:
    """Back to the table of all runs, measured against the first of the ticked `runs`."""
    page = reverse("runs:all_run_list")
    return redirect(_address(page, request.GET.get("address", ""), next(iter(chosen_runs(request)), None)))


def _address(page: str, asked: str, baseline: str | None) -> str:
    """The page with the same query, but for the baseline: a run, or what the experiment has."""
    query = QueryDict(asked.removeprefix("?")[:10_000], mutable=True)
    query.pop("baseline", None)
    if baseline is not None:
        query["baseline"] = baseline
    return f"{page}?{query.urlencode()}" if query else page
