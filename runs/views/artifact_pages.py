"""Files laid out on a page, whatever they are of: a directory at a time, and beside it what is in the chosen file."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from runs.artifacts.highlight import numbered_lines
from runs.artifacts.mlmodel import FILE_NAME, model_card
from runs.artifacts.preview import Part, Preview
from runs.queries.artifact_browser import (
    ArtifactListing,
    Owner,
    artifact_listing,
    artifact_preview,
    listing_around,
)
from trackui.errors import TrackingError, shorten

LONGEST_NUMBER = 18  # digits


@dataclass(frozen=True, slots=True)
class Browser:
    """Addresses of the page and of what it loads. `query`: what each of them says before the path, such as `model=…&`.

    `top`: how the top directory is called.
    """

    here: str
    file: str
    image: str
    media: str
    frame: str
    plotly: str
    archive: str
    top: str
    query: str = ""
    model_id: str = ""

    @classmethod
    def at(cls, here: str, prefix: str, *args: object, **more: str) -> Browser:
        """`here`: the name of the page; the others are called after `prefix`."""
        parts = ("file", "image", "media", "frame", "plotly", "archive")
        addresses = {part: reverse(f"{prefix}_{part}", args=args) for part in parts}
        return cls(here=reverse(here, args=args), **addresses, **more)


def browsed(request: HttpRequest, owner: Owner) -> tuple[dict, int]:
    """What the templates need, and the status. `path`: a directory or a file.

    Of a file: `at` and `first`, where the part to show begins; `as=source`: as it was written.
    """
    path = request.GET.get("path", "").rstrip("/")
    part, complaint = asked_part(request)
    context: dict = {"path": path, "name": path.rpartition("/")[2], "complaint": complaint}
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
            context |= {"card": model_card(preview.text), "directory": directory}
        return context, 404 if context["is_missing"] else 200
    except TrackingError as error:
        return context | {"failure": error.message}, error.status


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


def preview_at(owner: Owner, path: str, part: Part, *, as_source: bool, user) -> Preview | None:
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
