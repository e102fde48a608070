"""A version used elsewhere: code to copy."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registry.example_input import example_request
from registry.queries.version_folder import VersionFolder, serving_example, version_folder
from registry.version_snippets import SERVED_AT, uses
from registry.views.version_detail import head_of, render_tab, server_address


@require_safe
def version_use(request: HttpRequest, name: str, version: int) -> HttpResponse:
    head = head_of(request, name, version)
    folder = version_folder(head.version, user=request.user)
    served_at = head.server.address if head.server else SERVED_AT
    shown = uses(
        server_address(request),
        head.version,
        aliases=head.aliases,
        body=request_body(folder, user=request.user),
        served_at=served_at,
    )
    context = {"uses": shown, "folder": folder, "card": folder.card}
    return render_tab(request, head, "use", context)


def request_body(folder: VersionFolder, *, user) -> str:
    """The example that was logged with the model, else one made up from its signature; empty where neither is known."""
    logged = serving_example(folder, user=user)
    if logged or folder.card is None:
        return logged
    made = example_request(folder.card)
    return json.dumps(made, ensure_ascii=False) if made else ""
