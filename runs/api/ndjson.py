"""Lines of an NDJSON body, read as they arrive."""

from collections.abc import Iterator
from typing import NamedTuple

from django.http import HttpRequest

from trackui.errors import InvalidParameterValue, UnsupportedEncoding

TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
MAX_LINE = 1_000_000
MAX_LINES = 10_000


class Line(NamedTuple):
    number: int
    text: bytes


def require_ndjson_type(request: HttpRequest) -> None:
    """As with JSON: a type that a browser cannot send across origins unasked."""
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in TYPES:
        raise InvalidParameterValue(f"Content-Type must be {TYPES[0]}: one JSON object a line.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedEncoding("Compressed request bodies are not supported.")


def lines(request: HttpRequest) -> Iterator[Line]:
    """Lines that hold something, counted from 1 with the empty ones; never more than one is in memory.

    A line over MAX_LINE bytes comes cut: whoever meets one must stop there.
    """
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    stream = request.META["wsgi.input"] if is_chunked else request
    number = 0
    while text := stream.readline(MAX_LINE + 2):
        number += 1
        text = text.rstrip(b"\r\n")
        if text and not text.isspace():
            yield Line(number, text)
