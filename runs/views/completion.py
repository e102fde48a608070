"""What may come next in a filter, for the query box."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from runs.queries.completion import filter_completion as completion
from runs.queries.run_columns import Experiments
from runs.views.run_sets import chosen_experiments, visible_experiment

LONGEST = 10_000


@require_safe
def filter_completion(request: HttpRequest, experiment_id: int) -> JsonResponse:
    return _answer(request, visible_experiment(request, experiment_id).pk)


@require_safe
def all_filter_completion(request: HttpRequest) -> JsonResponse:
    return _answer(request, chosen_experiments(request).pks)


def _answer(request: HttpRequest, experiments: Experiments) -> JsonResponse:
    found = completion(experiments, request.GET.get("text", "")[:LONGEST].replace("\0", ""))
    options = [{"text": option.text, "note": option.note} for option in found.options]
    response = JsonResponse({"start": found.start, "options": options})
    response["Cache-Control"] = "private, no-cache"
    return response
