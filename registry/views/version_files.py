"""The files of a version: browsed, and each as bytes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from registry.models import ModelVersion
from registry.queries.version_folder import files_of, no_folder
from registry.views.guards import visible_version
from registry.views.version_detail import head_of, render_tab
from runs.queries.artifact_browser import Owner
from runs.views.artifact_bytes import sent_archive, sent_file, sent_frame, sent_image, sent_media, sent_plotly
from runs.views.artifact_pages import Browser, browsed
from trackui.errors import ResourceDoesNotExist


@require_safe
def version_files(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """`path`: a directory or a file."""
    head = head_of(request, name, version)
    browser = Browser.at("models:version_files", "models:version", name, version, top=f"version {version}")
    problem = no_folder(head.version)
    context, status = ({"failure": problem}, 200) if problem else browsed(request, files_of(head.version))
    if context.get("card") and not context["directory"]:
        context["model_uri"] = head.version.uri
    return render_tab(
        request, head, "files", context | {"browser": browser}, status=status, template="runs/_artifacts.html"
    )


def of_version(send: Callable[[HttpRequest, Owner], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @require_safe
    def view(request: HttpRequest, name: str, version: int) -> HttpResponseBase:
        return send(request, files_of(stored_version(request, name, version)))

    return view


def stored_version(request: HttpRequest, name: str, version: int) -> ModelVersion:
    """ResourceDoesNotExist for one whose files are not kept here."""
    found = visible_version(request, name, version)
    if problem := no_folder(found):
        raise ResourceDoesNotExist(problem)
    return found


version_file = of_version(sent_file)
version_image = of_version(sent_image)
version_media = of_version(sent_media)
version_frame = of_version(sent_frame)
version_plotly = of_version(sent_plotly)


@require_safe
def version_archive(request: HttpRequest, name: str, version: int) -> HttpResponseBase:
    """A directory with all below it, or all files, as a zip file."""
    found = stored_version(request, name, version)
    return sent_archive(request, files_of(found), name=f"{name}-{version}")
