"""Request bodies of any length, read in pieces: whole or an error, never a part that looks like all."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from django.http import HttpRequest

from trackui.errors import BadRequest, InvalidParameterValue, RequestTooLarge, UnsupportedEncoding

PIECE = 2**20

# RFC 9530: sha-256=:base64:, other algorithms beside it are passed over.
SHA256_DIGEST = re.compile(r"(?:^|,)\s*sha-256=([^,;]*)", re.IGNORECASE)


def body_pieces(request: HttpRequest, *, limit: int | None = None) -> Iterator[bytes]:
    """The body in pieces of at most 1 MiB, without Django's limits on bodies.

    Raises BadRequest when it breaks off, RequestTooLarge over `limit` bytes, InvalidParameterValue when a
    checksum in its headers (Content-MD5, Content-Digest) is of other bytes. Begins to read when iterated.
    """
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedEncoding("Send the bytes themselves: a Content-Encoding is not supported.")
    length = _content_length(request)
    if limit is not None and length is not None and length > limit:
        raise _too_large(limit)
    return _pieces(request, length, limit, _checksums(request))


def _pieces(request: HttpRequest, length: int | None, limit: int | None, checksums: list) -> Iterator[bytes]:
    size = 0
    for piece in _read(request.META["wsgi.input"], length):
        size += len(piece)
        if limit is not None and size > limit:
            raise _too_large(limit)
        for _, digest, _ in checksums:
            digest.update(piece)
        yield piece
    # A client that goes away looks like one whose body has ended.
    if length is not None and size < length:
        raise BadRequest(f"The upload broke off: {size} of {length} bytes arrived. Nothing was stored.")
    for name, digest, expected in checksums:
        if digest.digest() != expected:
            raise InvalidParameterValue(f"The bytes that arrived do not have the checksum in {name}.")


def _read(stream, length: int | None) -> Iterator[bytes]:
    """`length` None: to the end of a chunked body, which the server in front of us has to have seen."""
    rest = length
    while rest is None or rest > 0:
        try:
            piece = stream.read(PIECE if rest is None else min(PIECE, rest))
        except OSError as error:
            raise BadRequest("The upload broke off. Nothing was stored.") from error
        if not piece:
            return
        if rest is not None:
            rest -= len(piece)
        yield piece


def _content_length(request: HttpRequest) -> int | None:
    """None for a chunked body; a request that names no length has no body."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return None
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("The Content-Length is not a number.")
    return int(text)


def _checksums(request: HttpRequest) -> list[tuple]:
    """(header, running digest, expected value) of each checksum the client sent."""
    checksums = []
    md5 = request.META.get("HTTP_CONTENT_MD5")
    if md5 is not None:
        checksums.append(("Content-MD5", hashlib.md5(usedforsecurity=False), _base64("Content-MD5", md5, 16)))
    found = SHA256_DIGEST.search(request.META.get("HTTP_CONTENT_DIGEST", ""))
    if found:
        value = found[1].strip()
        text = value[1:-1] if value[:1] == value[-1:] == ":" else ""
        checksums.append(("Content-Digest", hashlib.sha256(), _base64("Content-Digest", text, 32)))
    return checksums


def _base64(header: str, text: str, size: int) -> bytes:
    try:
        value = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != size:
        raise InvalidParameterValue(f"The checksum in {header} is malformed.")
    return value


def _too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(f"The upload is larger than {limit} bytes.")
