"""The files of a run: a directory at a time, and beside it what is in the chosen file."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.artifacts.mlmodel import FILE_NAME, model_card
from runs.artifacts.preview import Preview
from runs.models import LoggedModel, Run
from runs.queries.artifact_browser import ArtifactListing, artifact_listing, artifact_preview
from runs.queries.run_detail import run_head
from runs.queries.run_relations import models_of
from runs.views.guards import artifact_owner
from runs.views.run_detail import render_tab
from trackui.errors import TrackingError


@require_safe
def run_artifacts(request: HttpRequest, run_id: str) -> HttpResponse:
    """`path`: a directory or a file; `model`: among the files of this model instead of the run's own."""
    run, owner = artifact_owner(request, run_id)
    path = request.GET.get("path", "").rstrip("/")
    context: dict = {
        "path": path,
        "name": path.rpartition("/")[2],
        "owner": owner,
        "owner_query": "" if owner is run else urlencode({"model": owner.model_id}) + "&",
        "models": [row for row in models_of(run) if row.model is not None and row.model.deleted_time is None],
    }
    try:
        preview = preview_at(owner, path, request.user)
        directory = path.rpartition("/")[0] if preview else path
        listing = artifact_listing(owner, directory, after=request.GET.get("after", ""), user=request.user)
        context |= {"preview": preview, "listing": listing, "parent": parent_of(listing)}
        context["is_missing"] = bool(path) and preview is None and not listing.entries
        if preview and context["name"] == FILE_NAME and not preview.is_cut:
            context |= {"card": model_card(preview.text), "model_uri": model_uri(owner, directory)}
        status = 404 if context["is_missing"] else 200
    except TrackingError as error:
        context["failure"], status = error.message, error.status
    return render_tab(request, run_head(run), "artifacts", context, status=status)


def preview_at(owner: Run | LoggedModel, path: str, user) -> Preview | None:
    """None for the top, a directory, and what is not there."""
    if not path:
        return None
    try:
        return artifact_preview(owner, path, user=user)
    except TrackingError as error:
        if error.status in (400, 404):
            # Not a file: the listing says whether it is a directory or a path that is refused.
            return None
        raise


def parent_of(listing: ArtifactListing) -> str | None:
    """The directory above; None at the top."""
    return listing.path.rpartition("/")[0] if listing.path else None


def model_uri(owner: Run | LoggedModel, directory: str) -> str:
    """How clients name the model in this directory."""
    if isinstance(owner, LoggedModel):
        return f"models:/{owner.model_id}"
    return f"runs:/{owner.run_id}/{directory}".rstrip("/")
