"""What the artifact endpoints share: requests read, listings and files answered."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from runs.artifacts.access import check_access, visible_entries
from runs.artifacts.content_types import download_type
from runs.artifacts.files import open_artifact
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import Listing, artifact_store
from trackui.downloads import file_response
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView


class ByteView(MlflowView):
    """An endpoint whose body is bytes and not JSON: one method of the class for each verb it answers."""

    def data(self, request: HttpRequest) -> None:
        check_encoding(request)

    def answer(self, data: None, **path: str) -> object:
        verb = "get" if self.request.method == "HEAD" else self.request.method.lower()
        return getattr(self, verb)(**path)

    def respond(self, answer: object) -> HttpResponseBase:
        return answer if isinstance(answer, HttpResponseBase) else super().respond(answer)


def check_encoding(request: HttpRequest) -> None:
    """Refuse what has been read as something else than was sent: a fragment, and a query that is not UTF-8.

    Django leaves bytes of the path that are not UTF-8 percent-encoded, and so the check of paths sees them.
    """
    try:
        unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeError:
        raise InvalidParameterValue("Invalid path: it is not valid UTF-8.") from None
    if "#" in request.META.get("RAW_URI", ""):
        raise InvalidParameterValue("Invalid path: it has a '#'.")


def listed(path: ArtifactPath, *, page_token: str, user) -> tuple[Listing, str]:
    """A page of a directory, and the token of the next one."""
    check_access(path, user=user)
    after = read_page_token(page_token, "artifacts", user.pk, str(path)) if page_token else ""
    listing = artifact_store().listing(path, after=after)
    next_after = listing.next_after
    if not path.segments:
        listing = visible_entries(listing, user=user)
    return listing, make_page_token(next_after, "artifacts", user.pk, str(path)) if next_after else ""


def listing_payload(listing: Listing, next_token: str, *, below: str = "") -> dict:
    """`below`: what each path starts with. An empty list and an empty token are left out."""
    prefix = f"{below}/" if below else ""
    payload = {}
    if listing.entries:
        payload["files"] = [_file_info(prefix + entry.name, entry.size) for entry in listing.entries]
    if next_token:
        payload["next_page_token"] = next_token
    return payload


def artifact_response(request: HttpRequest, path: ArtifactPath, *, user) -> HttpResponseBase:
    check_access(path, user=user)
    file = open_artifact(path)
    return file_response(request, file, name=path.name, content_type=download_type(path.name))


def largest_artifact() -> int | None:
    return settings.TRACKUI_MAX_ARTIFACT_BYTES or None


def _file_info(path: str, size: int | None) -> dict:
    """The size of an empty file is left out, as MLflow does."""
    info = {"path": path, "is_dir": size is None}
    return info | {"file_size": size} if size else info
