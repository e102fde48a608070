"""A change to many runs: a page that says which, how many and what will happen, then a job.

The runs are those an address means, or those that are ticked: by POST, as they may be too many for an address.
"""

import secrets

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from runs.forms_bulk import FORMS, BulkForm
from runs.queries.bulk import BulkRuns, bulk_runs
from runs.queries.run_set import MOST_CHOSEN, RunSet, run_set
from runs.services.bulk import ACTIONS, BulkAction, start_bulk
from runs.views.run_sets import asked_run_set, table_options, visible_experiment
from trackui.errors import InvalidParameterValue
from trackui.search.errors import SearchSyntaxError


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request, experiment_id, action):
    experiment = visible_experiment(request, experiment_id)
    what = ACTIONS.get(action)
    if what is None:
        raise Http404
    ticked = _ticked(request)
    asked = _asked(request, experiment, ticked)
    context = {"experiment": experiment, "action": what, "ticked": ticked}
    if isinstance(asked, SearchSyntaxError):
        context |= {"error": asked, "filter": table_options(request).filter}
        return render(request, "runs/bulk.html", context, status=400)
    confirmed = request.method == "POST" and "confirmed" in request.POST
    found = bulk_runs(asked, stage=what.stage, until=_number(request, "until") if confirmed else None)
    form = FORMS.get(action, BulkForm)(request.POST if confirmed else None, experiment=experiment, user=request.user)
    is_same = found.count == _number(request, "count")
    if confirmed and is_same and found.count and form.is_valid():
        job = start_bulk(
            what,
            found.pks,
            experiment=experiment,
            options=form.options(),
            asked=found.words,
            token=_token(request),
            user=request.user,
        )
        return redirect("runs:job_detail", job.pk)
    context |= {"found": found, "form": form, "token": secrets.token_urlsafe(16)}
    context |= {"passed": _passed(asked, what, found), "has_changed": confirmed and not is_same}
    return render(request, "runs/bulk.html", context, status=400 if confirmed else 200)


def _passed(asked: RunSet, what: BulkAction, found: BulkRuns) -> int:
    """How many of the runs asked for are not in the stage that it takes."""
    if what.stage is None or asked.options.stage != "all":
        return 0
    return bulk_runs(asked, stage=None, until=None).count - found.count


def _asked(request, experiment, ticked: list[str]) -> RunSet | SearchSyntaxError:
    if ticked:
        return run_set(experiment.pk, table_options(request), chosen=ticked)
    return asked_run_set(request, experiment)


def _ticked(request) -> list[str]:
    ticked = list(dict.fromkeys(request.POST.getlist("runs")))
    if len(ticked) > MOST_CHOSEN:
        raise InvalidParameterValue(f"At most {MOST_CHOSEN} runs can be ticked at once, not {len(ticked)}.")
    return ticked


def _number(request, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _token(request) -> str:
    token = request.POST.get("token", "")
    if not 16 <= len(token) <= 64:
        raise BadRequest("The form was not sent whole.")
    return token
