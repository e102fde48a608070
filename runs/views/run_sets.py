"""What the address of any page of an experiment says of its runs."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from runs.filters import RunFacets
from runs.models import Experiment
from runs.queries.run_set import RunSet, run_set
from runs.queries.run_table_options import RunTableOptions
from trackui.search.errors import SearchSyntaxError

MOST_TOP = 10_000


def visible_experiment(request: HttpRequest, experiment_id: int) -> Experiment:
    return get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)


def table_options(request: HttpRequest) -> RunTableOptions:
    return RunTableOptions.from_query(request.GET, RunFacets(request.GET).choices())


def asked_run_set(request: HttpRequest, experiment: Experiment) -> RunSet | SearchSyntaxError:
    """`q`, facets, `view` and `order` as the table has them; `runs`: only these; `top`: so many of the first."""
    top = request.GET.get("top", "")
    return run_set(
        experiment.pk,
        table_options(request),
        chosen=chosen_runs(request),
        top=min(int(top), MOST_TOP) if top.isascii() and top.isdigit() and 0 < len(top) < 9 and int(top) else None,
    )


def chosen_runs(request: HttpRequest) -> tuple[str, ...]:
    """`runs=a,b&runs=c` as a, b, c: each once."""
    named = (run_id.strip() for part in request.GET.getlist("runs") for run_id in part.split(","))
    return tuple(dict.fromkeys(run_id for run_id in named if run_id and "\0" not in run_id))
