"""Which way each metric of an experiment is better."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from runs.models import Direction
from runs.queries.metric_directions import metric_rows
from runs.services.directions import declare_direction
from runs.views.return_to import address_to_return_to
from runs.views.run_sets import visible_experiment
from trackui.errors import InvalidParameterValue, shorten
from trackui.http import render_page


@require_http_methods(["GET", "HEAD", "POST"])
def directions(request: HttpRequest, experiment_id: int) -> HttpResponse:
    """POST: `metric` and its `direction`, higher, lower or guess; then back to where `back` says."""
    experiment = visible_experiment(request, experiment_id)
    back = address_to_return_to(request, "")
    if request.method == "POST":
        metric, asked = request.POST.get("metric", "").replace("\0", ""), request.POST.get("direction", "")
        if asked not in (*Direction.values, "guess"):
            raise InvalidParameterValue("A metric is better when it is higher, or lower, or as its name says (guess).")
        direction = None if asked == "guess" else Direction(asked)
        declare_direction(experiment.experiment_id, metric, direction, user=request.user)
        words = "is as its name says" if direction is None else f"counts as: {direction.label}"
        messages.success(request, f"{shorten(metric, 80)} {words}.")
        return HttpResponseRedirect(back or reverse("runs:directions", args=[experiment.pk]))
    find = request.GET.get("find", "").strip()[:200].replace("\0", "")
    context = {"experiment": experiment, "metrics": metric_rows(experiment.pk, find=find), "back": back}
    return render_page(request, "runs/directions.html", context)
