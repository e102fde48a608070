"""Bytes of a file as text, where they are text."""

from __future__ import annotations

import codecs
import re

# Never in text of any encoding: what has them is read by programs alone.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def decoded(data: bytes, *, is_cut: bool) -> str | None:
    """Text in UTF-8, UTF-16 with its mark, or Latin-1; None for what is not text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return None
    try:
        # A cut may go through a character: the incremental decoder leaves a half one out.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        return None if _UNPRINTABLE.search(text) else text


def is_utf16(data: bytes) -> bool:
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
