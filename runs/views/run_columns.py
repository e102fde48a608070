"""The columns of a run table: which, in which order, which of them stay in sight."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.column_choice import column_choice, moved
from runs.queries.run_columns import AT, Experiments, split_specs
from runs.queries.run_scope import scope_of
from runs.views.run_list import RunListAddresses
from runs.views.run_sets import chosen_experiments, visible_experiment
from trackui.http import render_page


@require_safe
@gzip_page
def run_columns(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    return _answer(request, experiment.pk, experiment)


@require_safe
@gzip_page
def all_run_columns(request: HttpRequest) -> HttpResponse:
    return _answer(request, scope_of(chosen_experiments(request).pks), None)


def _answer(request: HttpRequest, experiments: Experiments, experiment: Experiment | None) -> HttpResponse:
    """`move`: `up:3` or `down:3`, a place in `columns`. `at_of` and `at_best`: two metrics, for a column of the value
    of the first where the second was best.
    """
    specs = moved(split_specs(request.GET.getlist("columns")), request.GET.get("move", ""))
    find, of, best = (
        request.GET.get(name, "").strip()[:300].replace("\0", "") for name in ("find", "at_of", "at_best")
    )
    choice = column_choice(
        experiments,
        specs,
        added=f"metrics.{of.removeprefix('metrics.')}.{AT}.{best.removeprefix('metrics.')}" if of and best else "",
        pins=split_specs(request.GET.getlist("pin")),
        find=find,
    )
    context = {"experiment": experiment, "choice": choice, "addresses": RunListAddresses(experiment)}
    return render_page(request, "runs/run_columns.html", context, fragment="runs/_run_columns.html")
