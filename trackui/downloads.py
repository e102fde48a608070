"""Stored bytes as an answer: ranges, validators, and headers under which nothing in them can run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse

from trackui.errors import RangeNotSatisfiable
from trackui.mlflow_api.views import error_response
from trackui.transfers import begin_transfer, end_transfer

# Up to here an answer is read whole and sent like any other; beyond, it is a transfer.
SMALL = 2**18

CONTENT_POLICY = "sandbox; default-src 'none'"
SINGLE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Bytes(Protocol):
    """A file open for reading."""

    size: int
    etag: str

    def pieces(self, start: int = 0, length: int | None = None) -> Iterator[bytes]: ...

    def close(self) -> None: ...


def file_response(request: HttpRequest, file: Bytes, *, name: str, content_type: str) -> HttpResponse:
    """Send the file, or the part of it that the request asks for, and close it.

    It is always a download: a browser that opens its address saves it, and runs nothing of it.
    """
    try:
        response = _answer(request, file, content_type)
    except BaseException:
        file.close()
        raise
    if not response.streaming:
        file.close()
    response["ETag"] = file.etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    response["Content-Disposition"] = attachment(name)
    response["Content-Security-Policy"] = CONTENT_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def attachment(name: str) -> str:
    """A Content-Disposition that no name breaks out of: a token, a quoted string, or RFC 5987 beside it."""
    if TOKEN.fullmatch(name):
        return f"attachment; filename={name}"
    printable = "".join(c if " " <= c <= "~" else "_" for c in name)
    quoted = printable.replace("\\", "\\\\").replace('"', '\\"')
    header = f'attachment; filename="{quoted}"'
    return header if printable == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def _answer(request: HttpRequest, file: Bytes, content_type: str) -> HttpResponse:
    if _has_it(request.headers.get("If-None-Match", ""), file.etag):
        return HttpResponseNotModified()
    try:
        span = _span(request, file)
    except RangeNotSatisfiable as error:
        response = error_response(error)
        response["Content-Range"] = f"bytes */{file.size}"
        return response
    start, length = span or (0, file.size)
    response = _body(request, file, start, length)
    response["Content-Type"] = content_type
    response["Content-Length"] = str(length)
    if span:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.size}"
    return response


def _body(request: HttpRequest, file: Bytes, start: int, length: int) -> HttpResponse:
    if request.method == "HEAD":
        return HttpResponse()
    if length <= SMALL:
        return HttpResponse(b"".join(file.pieces(start, length)))
    begin_transfer()
    return StreamingHttpResponse(_Transfer(file, start, length))


class _Transfer:
    """The pieces as they are sent. The server closes it in the end, also when nothing was sent."""

    def __init__(self, file: Bytes, start: int, length: int) -> None:
        self._file = file
        self._pieces = file.pieces(start, length)
        self._is_open = True

    def __iter__(self) -> _Transfer:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            end_transfer()
            self._file.close()


def _has_it(condition: str, etag: str) -> bool:
    """If-None-Match: weak comparison, as it is for reads."""
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in condition.split(","))


def _span(request: HttpRequest, file: Bytes) -> tuple[int, int] | None:
    """(start, length) of the one range asked for. None for the whole file: no range, several, or none we read."""
    asked = SINGLE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or not any(asked.groups()):
        return None
    if request.headers.get("If-Range", file.etag) != file.etag:
        return None
    first, last = asked.groups()
    if not first:
        start, end = max(0, file.size - int(last)), file.size - 1
    else:
        start, end = int(first), min(int(last), file.size - 1) if last else file.size - 1
        if last and int(last) < start:
            return None
    if start > end:
        raise RangeNotSatisfiable("The file has no such range of bytes.")
    return start, end - start + 1
