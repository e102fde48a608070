"""What every page door answers with: a whole page or its fragment, a file, a CSV."""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

T = TypeVar("T")

# What may differ between two renderings of one state: relative times and masked CSRF tokens.
_PASSING = re.compile(rb'(<time-ago[^>]*>)[^<]*|(name="csrfmiddlewaretoken" value=")[^"]*')
# A spreadsheet runs a cell that starts with one of these.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_CHUNK = 200  # rows a piece of the stream


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or `fragment` alone where htmx or `<live-region>` asks for it.

    A fragment carries an ETag of what it shows; a poll that already has it gets 304 and no body.
    """
    if fragment is None or not _wants_fragment(request):
        response = HttpResponse(render_to_string(template, context, request), status=status)
    else:
        body = render_to_string(fragment, context, request).encode()
        etag = _etag(body)
        if status == 200 and request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(body, status=status)
        response["ETag"] = etag
    if fragment is not None:
        patch_vary_headers(response, ["HX-Request"])
    patch_vary_headers(response, ["Cookie"])
    response["Cache-Control"] = "private, no-cache"
    return response


def _etag(body: bytes) -> str:
    shown = _PASSING.sub(rb"\1\2", body)
    return f'"{hashlib.sha256(shown).hexdigest()[:32]}"'


def _wants_fragment(request: HttpRequest) -> bool:
    """Swaps of a part say so ("partial"), and polls of a live region say nothing of it."""
    htmx = request.htmx
    return bool(htmx) and htmx.request_type != "full" and not htmx.history_restore_request


def csv_response(rows: Iterable[Iterable[Any]], filename: str, *, address: str = "") -> StreamingHttpResponse:
    """Rows as a CSV download, sent as they come: the first row is the header line.

    Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
    `address`, with its filter, travels as Content-Location: the file says what it is of.
    """
    response = StreamingHttpResponse(_csv_chunks(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    if address:
        response["Content-Location"] = address
    response["Cache-Control"] = "private, no-cache"
    return response


def begun(pieces: Iterable[T]) -> Iterator[T]:
    """The same, the first of them made already: what fails there fails before an answer has begun.

    After that all that is left is to cut the answer off, which a client tells from its end.
    """
    rest = iter(pieces)
    return chain(list(islice(rest, 1)), rest)


def leads_to(name: str) -> Callable[..., HttpResponse]:
    """A view that sends on to the address of this name, with the query and the same parts."""

    @require_safe
    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        address = reverse(name, kwargs=parts)
        return HttpResponseRedirect(f"{address}?{query}" if query else address)

    return view


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_pieces(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a CSV, some at a time."""
    return _csv_chunks(chain([head], rows))


def _csv_chunks(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    write = csv.writer(_Echo(), lineterminator="\r\n").writerow
    lines: list[str] = []
    for row in rows:
        lines.append(write([csv_cell(value) for value in row]))
        if len(lines) == CSV_CHUNK:
            yield "".join(lines)
            lines.clear()
    if lines:
        yield "".join(lines)


def csv_cell(value: Any) -> Any:
    """A cell that no spreadsheet runs. Text that reads as a number is left as it is."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = value.replace("\0", "")
    if text.startswith(_FORMULA_START) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
