"""The files of a run: a directory at a time, and beside it what is in the chosen file."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.artifacts.highlight import numbered_lines
from runs.artifacts.mlmodel import FILE_NAME, model_card
from runs.artifacts.preview import Part, Preview
from runs.models import LoggedModel, Run
from runs.queries.artifact_browser import ArtifactListing, artifact_listing, artifact_preview, listing_around
from runs.queries.run_detail import run_head
from runs.queries.run_relations import models_of
from runs.views.guards import artifact_owner
from runs.views.run_detail import render_tab
from trackui.errors import TrackingError, shorten

LONGEST_NUMBER = 18  # digits


@require_safe
def run_artifacts(request: HttpRequest, run_id: str) -> HttpResponse:
    """`path`: a directory or a file; `model`: among the files of this model instead of the run's own.

    Of a file: `at` and `first`, where the part to show begins; `as=source`: as it was written.
    """
    run, owner = artifact_owner(request, run_id)
    path = request.GET.get("path", "").rstrip("/")
    part, complaint = asked_part(request)
    context: dict = {
        "path": path,
        "name": path.rpartition("/")[2],
        "owner": owner,
        "owner_query": "" if owner is run else urlencode({"model": owner.model_id}) + "&",
        "models": [row for row in models_of(run) if row.model is not None and row.model.deleted_time is None],
        "complaint": complaint,
    }
    try:
        preview = preview_at(owner, path, part, as_source=request.GET.get("as") == "source", user=request.user)
        directory = path.rpartition("/")[0] if preview else path
        if preview and not request.GET.get("after"):
            listing = listing_around(owner, path, user=request.user)
        else:
            listing = artifact_listing(owner, directory, after=request.GET.get("after", ""), user=request.user)
        context |= {"preview": preview, "listing": listing, "parent": parent_of(listing)}
        context["is_missing"] = bool(path) and preview is None and not listing.entries
        if preview and preview.is_text:
            context["lines"] = numbered_lines(preview.text, preview.language, first=preview.part.first)
        if preview and context["name"] == FILE_NAME and not preview.is_cut:
            context |= {"card": model_card(preview.text), "model_uri": model_uri(owner, directory)}
        status = 404 if context["is_missing"] else 200
    except TrackingError as error:
        context["failure"], status = error.message, error.status
    return render_tab(request, run_head(run), "artifacts", context, status=status)


def asked_part(request: HttpRequest) -> tuple[Part, str]:
    """Where to begin, and what of the address cannot be read."""
    numbers = {"at": 0, "first": 1}
    for name in numbers:
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
            numbers[name] = int(text)
        elif text:
            return Part(), f"{name}={shorten(text, 40)} is no place in a file; its beginning is shown."
    return Part(**numbers), ""


def preview_at(owner: Run | LoggedModel, path: str, part: Part, *, as_source: bool, user) -> Preview | None:
    """None for the top, a directory, and what is not there."""
    if not path:
        return None
    try:
        return artifact_preview(owner, path, part=part, as_source=as_source, user=user)
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
