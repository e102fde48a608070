"""What the address of any page of an experiment says of its runs."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from runs.filters import RunFacets
from runs.models import Experiment
from runs.queries.run_set import RunSet, run_set
from runs.queries.run_table_options import RunTableOptions
from trackui.search.errors import SearchSyntaxError

MOST_TOP = 10_000
MOST_EXPERIMENTS = 200


@dataclass(frozen=True, slots=True)
class ChosenExperiments:
    """`asked`: those that the address names; `missing`: of these what is not here. Without any: all active ones."""

    pks: tuple[int, ...]
    asked: tuple[Experiment, ...] = ()
    missing: tuple[str, ...] = ()


def chosen_experiments(request: HttpRequest) -> ChosenExperiments:
    """`experiments=1,2`. One statement."""
    visible = Experiment.objects.visible_to(request.user)
    ids = list(dict.fromkeys(part.strip() for text in request.GET.getlist("experiments") for part in text.split(",")))
    ids = [one for one in ids if one][:MOST_EXPERIMENTS]
    if not ids:
        return ChosenExperiments(tuple(visible.active().order_by("pk").values_list("pk", flat=True)))
    known = visible.in_bulk([int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 19])
    found = {str(pk): experiment for pk, experiment in known.items()}
    asked = tuple(found[one] for one in ids if one in found)
    return ChosenExperiments(tuple(one.pk for one in asked), asked, tuple(one for one in ids if one not in found))


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
