"""Request bodies: read up to a cap, and parsed as strict JSON."""

import json
from collections.abc import Iterator

from trackui.errors import BadRequest, InvalidParameterValue, RequestTooLarge, UnsupportedEncoding

MAX_DEPTH = 32
MAX_DIGITS = 308
JSON_TYPE = "application/json"


def read_body(request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes: RequestTooLarge from Content-Length, else while reading."""
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedEncoding("Compressed request bodies are not supported.")
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return _read_chunked(request.META["wsgi.input"], limit)
    length = _content_length(request)
    if length > limit:
        raise too_large(limit)
    try:
        body = request.read(length)
    except OSError:
        raise _unreadable() from None
    if len(body) < length:
        raise BadRequest("The request body ended before its Content-Length.")
    return body


def _content_length(request) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise BadRequest("The Content-Length is not a number of bytes.")
    return int(text)


def _read_chunked(stream, limit: int) -> bytes:
    body = bytearray()
    try:
        while piece := stream.read(min(65536, limit + 1 - len(body))):
            body += piece
            if len(body) > limit:
                raise too_large(limit)
    except OSError:
        raise _unreadable() from None
    return bytes(body)


def _unreadable() -> BadRequest:
    """The client went away, or framed its chunks wrongly."""
    return BadRequest("The request body could not be read to its end.")


def too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(f"The request body is larger than {limit} bytes.")


def require_json_type(request) -> None:
    """Refuse a body of another type: a browser cannot send this one across origins unasked."""
    content_type = request.META.get("CONTENT_TYPE", "")
    if not content_type:
        raise InvalidParameterValue("Bad Request. Content-Type header is missing.")
    if content_type.partition(";")[0].strip().lower() != JSON_TYPE:
        raise InvalidParameterValue(f"Bad Request. Content-Type must be one of ['{JSON_TYPE}'].")


def parse_object(body: bytes) -> dict:
    """A JSON object; an empty body is an empty one, and a JSON string that holds an object is that object.

    Bare NaN, Infinity and -Infinity are numbers. BadRequest for what is not JSON,
    InvalidParameterValue for JSON that is not accepted: a key twice, too deep, too long a number,
    text with NUL or half of a surrogate pair.
    """
    if not body or body.isspace():
        return {}
    value = parse_json(body)
    if isinstance(value, str):
        value = parse_json(value.encode())
    if not isinstance(value, dict):
        raise InvalidParameterValue("The request body must be a JSON object.")
    return value


def parse_json(body: bytes) -> object:
    """Any JSON value, as strict as parse_object."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The request body is not valid UTF-8.") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_float=_double)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise BadRequest(f"The request body is not valid JSON: {error}") from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value)
    if "\\u" in text:
        _check_texts(value)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise InvalidParameterValue("The request body has an object with the same key twice.")
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _too_many_digits()
    return int(digits)


def _double(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise _too_many_digits()
    return float(digits)


def _too_many_digits() -> InvalidParameterValue:
    return InvalidParameterValue(f"The request body has a number of more than {MAX_DIGITS} digits.")


def _too_deep() -> InvalidParameterValue:
    return InvalidParameterValue(f"The request body is nested deeper than {MAX_DEPTH} levels.")


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node) if isinstance(child, (dict, list))]
        if not level:
            return
    raise _too_deep()


def _children(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        return iter(node.values())
    return iter(node if isinstance(node, list) else ())


def _check_texts(value: object) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for key, child in value.items():
            check_text(key)
            _check_texts(child)
    elif isinstance(value, list):
        for child in value:
            _check_texts(child)


def check_text(text: str) -> str:
    """Text both databases can hold: no NUL, no half of a surrogate pair."""
    if "\0" in text:
        raise InvalidParameterValue("Text must not contain the NUL character.")
    if not text.isascii() and not _is_encodable(text):
        raise InvalidParameterValue("Text must be valid Unicode, without lone surrogates.")
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
