"""The files of a run: a directory at a time, and beside it what is in the chosen file."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.artifacts.preview import Preview
from runs.models import Run
from runs.queries.artifact_browser import ArtifactListing, artifact_listing, artifact_preview
from runs.queries.run_detail import run_head
from runs.views.guards import visible_run
from runs.views.run_detail import render_tab
from trackui.errors import TrackingError


@require_safe
def run_artifacts(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    path = request.GET.get("path", "").rstrip("/")
    context: dict = {"path": path, "name": path.rpartition("/")[2]}
    try:
        preview = preview_at(run, path, request.user)
        directory = path.rpartition("/")[0] if preview else path
        listing = artifact_listing(run, directory, after=request.GET.get("after", ""), user=request.user)
        context |= {"preview": preview, "listing": listing, "parent": parent_of(listing)}
        context["is_missing"] = bool(path) and preview is None and not listing.entries
        status = 404 if context["is_missing"] else 200
    except TrackingError as error:
        context["failure"], status = error.message, error.status
    return render_tab(request, run_head(run), "artifacts", context, status=status)


def preview_at(run: Run, path: str, user) -> Preview | None:
    """None for the top, a directory, and what is not there."""
    if not path:
        return None
    try:
        return artifact_preview(run, path, user=user)
    except TrackingError as error:
        if error.status in (400, 404):
            # Not a file: the listing says whether it is a directory or a path that is refused.
            return None
        raise


def parent_of(listing: ArtifactListing) -> str | None:
    """The directory above; None at the top."""
    return listing.path.rpartition("/")[0] if listing.path else None
