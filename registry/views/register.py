"""Register the model of a run: the page that a link on the run leads to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.forms_register import RegisterForm
from registry.queries.made_versions import made_versions
from registry.queries.run_versions import Registrable, among_artifacts, model_names, registrable, usual_name
from registry.services.registration import register_version
from registry.views.model_edit import form_page, unix
from registry.views.refusals import refused_beside
from runs.models import Run
from runs.views.guards import visible_run
from trackui.errors import InvalidParameterValue, TrackingError, shorten

LONGEST_SOURCE = 2048


@form_page
def register(request: HttpRequest) -> HttpResponse:
    """`run`: whose model; `source`: which, as `models:/m-…` or `runs:/…`, where it has several."""
    run_id = request.GET.get("run", "").strip()
    if not run_id:
        raise InvalidParameterValue("'run' must be the id of the run whose model is to be registered.")
    run = visible_run(request, run_id.replace("\0", ""))
    sources = asked_sources(run, request.GET.get("source", "").strip())
    made = made_versions(run_ids=[run.run_id], model_ids=[one.model_id for one in sources], user=request.user)
    initial = {"name": usual_name(run, request.user), "source": sources[0].source if sources else ""}
    form = RegisterForm(request.POST or None, sources=sources, initial=initial)
    if form.is_valid():
        chosen, wanted = form.chosen, form.cleaned_data
        try:
            version = register_version(
                wanted["name"],
                source=chosen.source,
                run_id=chosen.run_id,
                model_id=chosen.model_id,
                description=unix(wanted["description"]),
                alias=wanted["alias"],
                user=request.user,
            )
        except TrackingError as error:
            refused_beside(form, error, "alias" if "alias" in error.message else "name")
        else:
            messages.success(request, f"Registered as version {version.version} of “{version.name}”.")
            return redirect("models:version_detail", version.name, version.version)
    context = {
        "form": form,
        "run": run,
        "experiment": run.experiment,
        "sources": sources,
        "made": made,
        "names": model_names(request.user),
    }
    return render(request, "registry/register.html", context, status=400 if form.errors else 200)


def asked_sources(run: Run, asked: str) -> list[Registrable]:
    """What the run has, or the one that the address names: a folder among its artifacts, too."""
    found = registrable(run)
    if not asked:
        return found
    if len(asked) > LONGEST_SOURCE or "\0" in asked:
        raise InvalidParameterValue(f"'source' is none: {shorten(asked, 60)}.")
    known = [one for one in found if one.source == asked]
    here = f"runs:/{run.run_id}/"
    if not known and not asked.startswith(here):
        raise InvalidParameterValue(f"'source' is no model of this run: {shorten(asked, 80)}.")
    return known or [among_artifacts(run, asked.removeprefix(here))]
