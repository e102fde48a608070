"""Delete and restore the runs that are ticked: a page that asks, then one write.

The ticks arrive by GET, an address that can be passed on, or by POST where they are too many for one.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from runs.models import Experiment, Run
from runs.services import many_runs
from trackui.errors import InvalidParameterValue

MOST_RUNS = 500
NAMED = 12  # runs the question names


@require_http_methods(["GET", "HEAD", "POST"])
def delete_runs(request, experiment_id):
    return _ask_then(request, experiment_id, "runs/runs_delete.html", many_runs.delete_runs, "deleted")


@require_http_methods(["GET", "HEAD", "POST"])
def restore_runs(request, experiment_id):
    return _ask_then(request, experiment_id, "runs/runs_restore.html", many_runs.restore_runs, "restored")


def _ask_then(request, experiment_id, template, change, done):
    experiment = get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)
    run_ids = _run_ids(request)
    if request.method == "POST" and "confirmed" in request.POST:
        changed = change(experiment, run_ids, user=request.user)
        messages.success(request, f"{changed} {'run' if changed == 1 else 'runs'} {done}.")
        return redirect("runs:run_list", experiment.pk)
    runs = Run.objects.visible_to(request.user).filter(experiment=experiment, run_id__in=run_ids)
    context = {"experiment": experiment, "runs": runs[:NAMED], "run_ids": run_ids, "count": runs.count()}
    context["unnamed"] = max(0, context["count"] - NAMED)
    return render(request, template, context)


def _run_ids(request):
    source = request.POST if request.method == "POST" else request.GET
    run_ids = list(dict.fromkeys(source.getlist("runs")))
    if len(run_ids) > MOST_RUNS:
        raise InvalidParameterValue(f"At most {MOST_RUNS} runs at once, not {len(run_ids)}.")
    return run_ids
