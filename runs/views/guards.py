"""What a page is about, or the page that says it is not there."""

from django.http import HttpRequest

from runs.models import LoggedModel, ModelInput, ModelOutput, Run
from trackui.errors import ResourceDoesNotExist, shorten


def visible_run(request: HttpRequest, run_id: str) -> Run:
    """With its experiment and parent; one statement."""
    runs = Run.objects.visible_to(request.user).select_related("experiment", "parent")
    run = runs.filter(run_id=run_id).first()
    if run is None:
        raise ResourceDoesNotExist(f"There is no run {shorten(run_id, 64)} here. It may have been deleted for good.")
    return run


def artifact_owner(request: HttpRequest, run_id: str) -> tuple[Run, Run | LoggedModel]:
    """The run, and whose files are meant: its own, or those of the model it made or read that `model` names."""
    run = visible_run(request, run_id)
    model_id = request.GET.get("model", "")
    if not model_id:
        return run, run
    model = LoggedModel.objects.visible_to(request.user).active().filter(model_id=model_id).first()
    links = (links.objects.filter(run=run, model_id=model_id) for links in (ModelOutput, ModelInput))
    if model is None or not any(found.exists() for found in links):
        raise ResourceDoesNotExist(f"This run has no model {shorten(model_id, 64)}.")
    return run, model
