"""The form that adds a condition to a filter: a page of its own, and a panel of pages with a filter box."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.conditions import COMPARISONS, ConditionProblem, condition_text, key_offers
from runs.queries.run_columns import Experiments
from runs.views.return_to import path_to_return_to
from runs.views.run_sets import chosen_experiments, visible_experiment
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError
from trackui.search.parts import with_condition

OWN = ("key", "comparison", "value", "back")


@require_safe
def add_condition(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    return _answer(request, experiment.pk, experiment)


@require_safe
def all_add_condition(request: HttpRequest) -> HttpResponse:
    return _answer(request, chosen_experiments(request).pks, None)


def _answer(request: HttpRequest, experiments: Experiments, experiment: Experiment | None) -> HttpResponse:
    """With a comparison: back to the page with the condition in its filter. Else, or with a problem, the form."""
    home = reverse("runs:run_list", args=[experiment.pk]) if experiment else reverse("runs:all_run_list")
    back = path_to_return_to(request, home)
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ("key", "comparison", "value")}
    problem = None
    if asked["comparison"]:
        try:
            condition = condition_text(experiments, **asked)
            return HttpResponseRedirect(f"{back}?{_with(request, condition)}")
        except ConditionProblem as error:
            problem = error
        except SearchSyntaxError:
            problem = ConditionProblem("key", "The filter that is there cannot be read; mend it first.")
    context = {
        "experiment": experiment,
        "asked": asked,
        "problem": problem,
        "comparisons": COMPARISONS,
        "keys": key_offers(experiments),
        "back": back,
        "own": OWN,
        "complete_url": reverse("runs:completion", args=[experiment.pk]) if experiment else "",
    }
    # A script that asks for the form alone has it, whatever is wrong in it.
    status = 400 if problem and not request.htmx else 200
    return render_page(request, "runs/condition.html", context, fragment="runs/_condition_form.html", status=status)


def _with(request: HttpRequest, condition: str) -> str:
    query = request.GET.copy()
    for name in (*OWN, "page"):
        query.pop(name, None)
    query["q"] = with_condition(query.get("q", ""), condition)
    return query.urlencode()
