"""A file of a run or of its model as bytes: saved by whoever opens its address, or embedded by a page as an image."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from runs.artifacts.content_types import download_type, embedded_type
from runs.queries.artifact_browser import artifact_file as opened_file
from runs.views.guards import artifact_owner
from trackui.downloads import file_response


@require_safe
def artifact_file(request: HttpRequest, run_id: str) -> HttpResponseBase:
    _, owner = artifact_owner(request, run_id)
    file = opened_file(owner, request.GET.get("path", ""), user=request.user)
    return file_response(request, file, name=file.name, content_type=download_type(file.name))


@require_safe
def artifact_image(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """For <img> alone, where no script in an image runs: a browser that opens the address just saves the bytes."""
    path = request.GET.get("path", "")
    content_type = embedded_type(path)
    if content_type is None:
        raise Http404("This file is not an image.")
    if request.headers.get("Sec-Fetch-Dest", "image") != "image":
        content_type = download_type(path)
    _, owner = artifact_owner(request, run_id)
    file = opened_file(owner, path, user=request.user)
    return file_response(request, file, name=file.name, content_type=content_type)
