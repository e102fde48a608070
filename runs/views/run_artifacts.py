"""The files of a run, and of the models that it made or read."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.models import LoggedModel, Run
from runs.queries.run_detail import run_head
from runs.queries.run_relations import models_of
from runs.views.artifact_pages import Browser, browsed
from runs.views.guards import artifact_owner
from runs.views.run_detail import render_tab


@require_safe
def run_artifacts(request: HttpRequest, run_id: str) -> HttpResponse:
    """`path`: a directory or a file; `model`: among the files of this model instead of the run's own."""
    run, owner = artifact_owner(request, run_id)
    context, status = browsed(request, owner)
    context["browser"] = browser(run, owner)
    context["models"] = [row for row in models_of(run) if row.model is not None and row.model.deleted_time is None]
    if context.get("card"):
        context["model_uri"] = model_uri(owner, context["directory"])
    return render_tab(request, run_head(run), "artifacts", context, status=status, template="runs/_artifacts.html")


def browser(run: Run, owner: Run | LoggedModel) -> Browser:
    of_model = {}
    if isinstance(owner, LoggedModel):
        of_model = {"query": f"{urlencode({'model': owner.model_id})}&", "model_id": owner.model_id}
    top = owner.name if of_model else "artifacts"
    return Browser.at("runs:run_artifacts", "runs:artifact", run.run_id, top=top, **of_model)


def model_uri(owner: Run | LoggedModel, directory: str) -> str:
    """How clients name the model in this directory."""
    if isinstance(owner, LoggedModel):
        return f"models:/{owner.model_id}"
    return f"runs:/{owner.run_id}/{directory}".rstrip("/")
