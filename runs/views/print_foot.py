"""The foot of printed pages: a style sheet that holds the address and the time, since no style may stand in a page."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from trackui.clock import now_ms
from trackui.formats import absolute_time

# A longer address would fill the page; the end of the document has it whole.
LONGEST = 180
NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ./:?=_~-]")


@require_safe
def print_foot(request: HttpRequest) -> HttpResponse:
    """`address`: the path and query of the page that is printed."""
    path = request.GET.get("address", "/")
    address = request.build_absolute_uri("/").rstrip("/") + (path if path.startswith("/") else f"/{path}")
    shown = address if len(address) <= LONGEST else f"{address[: LONGEST - 1]}…"
    style = f':root {{ --print-foot: "{css_text(f"{shown} · {absolute_time(now_ms())}")}"; }}\n'
    response = HttpResponse(style, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Host"])
    return response


def css_text(text: str) -> str:
    """Inside of a CSS string: whatever could end it is written as its code point."""
    return NOT_PLAIN.sub(lambda found: f"\\{ord(found[0]):x} ", text)
