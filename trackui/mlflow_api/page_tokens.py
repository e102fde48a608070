"""Opaque next_page_token: a position in a search, signed, and good for that search only."""

import hashlib

import msgspec
from django.core import signing

from trackui.errors import InvalidParameterValue

SALT = "trackui.page_token"


def make_page_token(position: object, *query: object) -> str:
    """Sign `position` (JSON-able) for the search that `query` describes."""
    return signing.Signer(salt=SALT).sign_object([position, _digest(query)], compress=False)


def read_page_token(token: str, *query: object):
    """The position a token carries; InvalidParameterValue when changed or of another search."""
    try:
        position, digest = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidParameterValue("Invalid page token: it was not made by this server.") from None
    if digest != _digest(query):
        raise InvalidParameterValue("Invalid page token: it belongs to another search.")
    return position


def _digest(query: tuple) -> str:
    return hashlib.sha256(msgspec.json.encode(query)).hexdigest()[:16]
