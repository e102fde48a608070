"""Where the jump box leads: to the one thing that is meant, else to a list. The palette has the list as one types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.jump import MOST_OF_EACH, Place, jump_targets
from runs.views.owners import owner_of
from trackui.http import render_page

LONGEST = 500
IN_PALETTE = 6  # of each kind


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`experiment`: whose keys are meant."""
    text = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    experiment = request.GET.get("experiment", "")
    is_palette = bool(request.htmx)
    targets = jump_targets(
        request.user,
        text,
        owner=owner_of(request),
        experiment_id=int(experiment)
        if experiment.isascii() and experiment.isdigit() and len(experiment) < 19
        else None,
        at_most=IN_PALETTE if is_palette else MOST_OF_EACH,
    )
    if not is_palette and (only := targets.only) is not None:
        if isinstance(only, Experiment):
            return redirect("runs:run_list", only.pk)
        if isinstance(only, Place):
            return redirect(only.address)
        return redirect("runs:run_detail", only.run_id)
    context = {"text": text, "targets": targets}
    return render_page(request, "runs/search.html", context, fragment="runs/_search_targets.html")
