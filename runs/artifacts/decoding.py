"""Percent-encoding seen through, for checks alone: what is stored and looked up is never decoded."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

MAX_DECODINGS = 10


class Undecodable(ValueError):
    """The message says why, after 'it is'."""


def decoded_forms(text: str) -> Iterator[str]:
    """The text as given, then decoded again and again until it stays the same."""
    form = text
    for _ in range(MAX_DECODINGS):
        try:
            decoded = unquote_to_bytes(form).decode()
        except UnicodeError:
            raise Undecodable("not valid UTF-8") from None
        yield form
        if decoded == form:
            return
        form = decoded
    raise Undecodable("percent-encoded too often")
