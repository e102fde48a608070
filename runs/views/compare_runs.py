"""Which runs are compared: named in the address, added by a name, written as `A...B,C`."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.models import Run
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_runs import MOST, ComparedRuns, compared_runs, named_run
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.http import render_page

RANGE = "..."


def asked_runs(request: HttpRequest, options: ComparisonOptions) -> ComparedRuns:
    """For files and parts of a comparison: InvalidParameterValue for too many, ResourceDoesNotExist for none."""
    if len(options.run_ids) > MOST:
        raise InvalidParameterValue(too_many(options))
    compared = compared_runs(options, user=request.user)
    if not compared.runs:
        raise ResourceDoesNotExist("None of the runs that the address names is here.")
    return compared


def too_many(options: ComparisonOptions) -> str:
    return f"At most {MOST} runs can be compared; “runs” in the address names {len(options.run_ids):,}."


def no_comparison(
    request: HttpRequest, options: ComparisonOptions, compared: ComparedRuns, *, reason: str = "", status: int = 200
) -> HttpResponse:
    context = {"options": options, "reason": reason, "runs": compared.runs, "missing": compared.missing}
    return render_page(request, "runs/run_compare_empty.html", context, status=status)


def to_comparison(options: ComparisonOptions, *, find: str | None = None) -> HttpResponseRedirect:
    query = options.query() if find is None else options.query(find=find)
    return HttpResponseRedirect(f"{reverse('runs:run_compare')}?{query}")


def with_added(request: HttpRequest, options: ComparisonOptions) -> HttpResponseRedirect:
    """`add`, once or more often: runs by id, the start of one, or name. What names none is searched for."""
    wanted = [text.strip() for text in request.GET.getlist("add") if text.strip()][:MOST]
    near = first_run(request, options)
    found, missed = [], None
    for text in wanted:
        named = named_run(text, user=request.user, near=near.experiment_id if near else None)
        if named.run is None:
            missed = text
        else:
            found.append(named.run.run_id)
            tell_of_same_name(request, text, named.count)
    if missed is not None:
        messages.error(request, f"There is no run with the id or name “{shorten(missed, 80)}”.")
    return to_comparison(with_runs(options, [*options.run_ids, *found]), find=missed and missed[:200])


def tell_of_same_name(request: HttpRequest, name: str, count: int) -> None:
    if count > 1:
        messages.info(request, f"{count} runs are called “{shorten(name, 80)}”: this is the newest of them.")


def first_run(request: HttpRequest, options: ComparisonOptions) -> Run | None:
    return Run.objects.visible_to(request.user).filter(run_id__in=options.run_ids[:1]).first()


def with_runs(options: ComparisonOptions, run_ids: list[str]) -> ComparisonOptions:
    return replace(options, run_ids=tuple(dict.fromkeys(run_ids)))


@require_safe
def compare_range(request: HttpRequest, first: str, others: str) -> HttpResponse:
    """`/compare/A...B,C`: runs as people write them, by id or name. What is not found is named on the page."""
    run_ids: list[str] = []
    near: int | None = None
    for text in [first, *others.split(",")][: MOST + 1]:
        named = named_run(text, user=request.user, near=near)
        tell_of_same_name(request, text, named.count)
        run_ids.append(named.run.run_id if named.run else text.strip())
        near = near or (named.run.experiment_id if named.run else None)
    return to_comparison(with_runs(ComparisonOptions.from_query(request.GET), run_ids))
