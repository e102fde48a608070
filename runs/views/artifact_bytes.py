"""A file as bytes, whatever it is of: saved by whoever opens its address, or embedded by a page of ours.

Nothing in it runs. Pictures, sound and films are embedded by elements that run no script; HTML is shown in a frame
under a policy of its own, by which it has no origin, no scripts, and fetches nothing. PDF is shown by the browser's
viewer, which is no part of our origin; browsers refuse to start it in a sandbox.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from runs.artifacts.content_types import download_type, embedded_type, extension, played_type
from runs.charts.plotly_json import figure_json
from runs.queries.artifact_browser import Owner, artifact_figure, artifact_file, artifact_zip
from trackui.downloads import SMALL, file_response, transfer_response

HTML_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PDF_POLICY = "script-src 'none'; frame-ancestors 'self'"
FRAMED = {
    "html": ("text/html; charset=utf-8", HTML_POLICY),
    "htm": ("text/html; charset=utf-8", HTML_POLICY),
    "pdf": ("application/pdf", PDF_POLICY),
}


def sent_file(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    file = artifact_file(owner, request.GET.get("path", ""), user=request.user)
    return file_response(request, file, name=file.name, content_type=download_type(file.name))


def sent_image(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    """For <img> alone, where no script in an image runs: a browser that opens the address just saves the bytes."""
    path = request.GET.get("path", "")
    content_type = embedded_type(path)
    if content_type is None:
        raise Http404("This file is not an image.")
    if not is_asked_for_as(request, "image"):
        content_type = download_type(path)
    file = artifact_file(owner, path, user=request.user)
    return file_response(request, file, name=file.name, content_type=content_type)


def sent_media(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    """For <audio> and <video>, a part of the file at a time."""
    path = request.GET.get("path", "")
    content_type = played_type(path)
    if content_type is None:
        raise Http404("This file is neither sound nor film.")
    if not is_asked_for_as(request, "audio", "video"):
        content_type = download_type(path)
    file = artifact_file(owner, path, user=request.user)
    return file_response(request, file, name=file.name, content_type=content_type, part_at_most=SMALL)


def sent_frame(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    """For <iframe>: HTML without an origin, PDF. Opened by itself it is saved."""
    path = request.GET.get("path", "")
    if extension(path) not in FRAMED:
        raise Http404("This file is not shown in a frame.")
    content_type, policy = FRAMED[extension(path)]
    file = artifact_file(owner, path, user=request.user)
    if not is_asked_for_as(request, "iframe"):
        return file_response(request, file, name=file.name, content_type=download_type(path))
    return file_response(request, file, name=file.name, content_type=content_type, framed_by=policy)


def sent_plotly(request: HttpRequest, owner: Owner) -> HttpResponse:
    """A Plotly figure in a JSON file, for <plot-figure>."""
    figure = artifact_figure(owner, request.GET.get("path", ""), user=request.user)
    if figure is None:
        raise Http404("This file is not a figure.")
    response = HttpResponse(figure_json(figure), content_type="application/json")
    response["Cache-Control"] = "private, no-cache"
    return response


def sent_archive(request: HttpRequest, owner: Owner, *, name: str) -> HttpResponseBase:
    """A directory with all below it, or all files, as a zip file; all files are called `name`."""
    path = request.GET.get("path", "")
    pieces = artifact_zip(owner, path, user=request.user)
    name = path.rstrip("/").rpartition("/")[2] or name
    return transfer_response(pieces, name=f"{name}.zip", content_type="application/zip")


def is_asked_for_as(request: HttpRequest, *destinations: str) -> bool:
    """By the element of a page that it is for. Browsers say so where they trust the connection."""
    return request.headers.get("Sec-Fetch-Dest", destinations[0]) in destinations
