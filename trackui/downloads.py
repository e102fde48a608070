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


def file_response(
    request: HttpRequest,
    file: Bytes,
    *,
    name: str,
    content_type: str,
    framed_by: str = "",
    part_at_most: int | None = None,
) -> HttpResponse:
    """Send the file, or the part of it that the request asks for, and close it.

    It is a download: a browser that opens its address saves it, and runs nothing of it. `framed_by`: a policy under
    which a page of ours may show it as a document of its own, in a frame. `part_at_most`: so much of a range is sent
    at once, and players ask for the rest when they need it, instead of holding a transfer while they pause.
    """
    try:
        response = _answer(request, file, content_type, part_at_most)
    except BaseException:
        file.close()
        raise
    if not response.streaming:
        file.close()
    response["ETag"] = file.etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    if framed_by:
        response["X-Frame-Options"] = "SAMEORIGIN"
    else:
        response["Content-Disposition"] = attachment(name)
    response["Content-Security-Policy"] = framed_by or CONTENT_POLICY
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


def transfer_response(pieces: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """A download whose size is not known: what fails on the way cuts it off, which a client tells from its end."""
    begin_transfer()
    response = StreamingHttpResponse(_Transfer(pieces), content_type=content_type)
    response["Content-Disposition"] = attachment(name)
    response["Content-Security-Policy"] = CONTENT_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


def _answer(request: HttpRequest, file: Bytes, content_type: str, part_at_most: int | None) -> HttpResponse:
    if _has_it(request.headers.get("If-None-Match", ""), file.etag):
        return HttpResponseNotModified()
    try:
        span = _span(request, file)
    except RangeNotSatisfiable as error:
        response = error_response(error)
        response["Content-Range"] = f"bytes */{file.size}"
        return response
    start, length = span or (0, file.size)
    if span and part_at_most:
        length = min(length, part_at_most)
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
    return StreamingHttpResponse(_Transfer(file.pieces(start, length), file))


class _Transfer:
    """The pieces as they are sent. The server closes it in the end, also when nothing was sent."""

    def __init__(self, pieces: Iterator[bytes], file: Bytes | None = None) -> None:
        self._file = file
        self._pieces = pieces
        self._is_open = True

    def __iter__(self) -> _Transfer:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            end_transfer()
            if self._file is not None:
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
