"""A file of a run, or of a model that it made or read, as bytes."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from runs.queries.artifact_browser import Owner
from runs.views.artifact_bytes import sent_archive, sent_file, sent_frame, sent_image, sent_media, sent_plotly
from runs.views.guards import artifact_owner


def of_run(send: Callable[[HttpRequest, Owner], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @require_safe
    def view(request: HttpRequest, run_id: str) -> HttpResponseBase:
        _, owner = artifact_owner(request, run_id)
        return send(request, owner)

    return view


artifact_file = of_run(sent_file)
artifact_image = of_run(sent_image)
artifact_media = of_run(sent_media)
artifact_frame = of_run(sent_frame)
artifact_plotly = of_run(sent_plotly)


@require_safe
def artifact_archive(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """A directory with all below it, or all files, as a zip file."""
    run, owner = artifact_owner(request, run_id)
    return sent_archive(request, owner, name=f"{run.run_id}-artifacts" if owner is run else owner.model_id)
