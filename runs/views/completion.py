"""What may come next in a filter, for the query box."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.completion import filter_completion as completion


@require_safe
def filter_completion(request, experiment_id):
    experiment = get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)
    found = completion(experiment.pk, request.GET.get("text", "")[:10_000])
    options = [{"text": option.text, "note": option.note} for option in found.options]
    response = JsonResponse({"start": found.start, "options": options})
    response["Cache-Control"] = "private, no-cache"
    return response
