"""The page of a version of a registered model: every tab an address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registry.queries.as_of import moment_of
from registry.queries.version_detail import VersionHead, VersionOverview, version_head
from registry.version_snippets import load_snippet, prompt_snippet
from registry.views.guards import visible_version
from trackui.http import render_page

FIRST_METRICS, FIRST_PARAMS, FIRST_FILES = 12, 16, 20


@require_safe
def version_detail(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """`all`: nothing of the lists is left out."""
    head = head_of(request, name, version)
    overview = VersionOverview(head, request.user)
    is_whole = request.GET.get("all") == "1"
    context = {
        "overview": overview,
        "folder": overview.folder,
        "card": overview.folder.card,
        "metrics": overview.metrics if is_whole else overview.metrics[:FIRST_METRICS],
        "params": overview.params if is_whole else overview.params[:FIRST_PARAMS],
        "files": overview.folder.files if is_whole else overview.folder.files[:FIRST_FILES],
        "load": load_code(request, head),
    }
    return render_tab(request, head, "overview", context)


def load_code(request: HttpRequest, head: VersionHead) -> str:
    server = server_address(request)
    return prompt_snippet(server, head.version) if head.version.is_prompt else load_snippet(server, head.version.uri)


def head_of(request: HttpRequest, name: str, version: int) -> VersionHead:
    """`as_of`: with its stage and aliases of then."""
    as_of = moment_of(request.GET.get("as_of", ""))
    return version_head(visible_version(request, name, version), as_of=as_of, user=request.user)


def render_tab(
    request: HttpRequest,
    head: VersionHead,
    tab: str,
    context: dict,
    *,
    status: int = 200,
    template: str = "",
    fragment: str | None = None,
) -> HttpResponse:
    """`template`: of a tab that others have too; `fragment`: what a live region asks for of it."""
    context = {"head": head, "version": head.version, "model": head.version.registered_model, "tab": tab, **context}
    context["tab_template"] = template or f"registry/_version_{tab}.html"
    return render_page(request, "registry/version_detail.html", context, fragment=fragment, status=status)


def server_address(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
