"""What a search for names of metrics asks: a text, or a regular expression between slashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trackui.linear_regex import PatternError, compile_pattern


@dataclass(frozen=True, slots=True)
class KeyPattern:
    """`loss` finds names that hold it, in any case; `/^val.*loss$/` those it matches. `error`: why it finds none."""

    text: str
    matches: Callable[[str], object]
    error: str = ""


def key_pattern(text: str) -> KeyPattern:
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        try:
            return KeyPattern(text, compile_pattern(text[1:-1]).search)
        except PatternError as error:
            return KeyPattern(text, lambda name: False, str(error))
    wanted = text.casefold()
    return KeyPattern(text, lambda name: wanted in name.casefold())
