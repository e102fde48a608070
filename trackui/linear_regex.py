"""Regular expressions whose search takes time in proportion to the text, whatever the expression: RE2's.

Python's own can take minutes on a short text, and people write them into a search box.
"""

from __future__ import annotations

from typing import Protocol

import re2

LONGEST = 500
MOST_MEMORY = 2**20  # bytes an expression may take, compiled


class PatternError(ValueError):
    """What is wrong with an expression, for the person who wrote it."""


class Pattern(Protocol):
    def search(self, text: str) -> object:
        """True in a condition where any part of the text matches."""

    def fullmatch(self, text: str) -> object:
        """True in a condition where the whole text matches."""


def compile_pattern(text: str) -> Pattern:
    """PatternError says what it cannot be, and where. Look-around and references to groups are not known."""
    if len(text) > LONGEST:
        raise PatternError(f"An expression has at most {LONGEST} characters.")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        return re2.compile(text, options=options)
    except re2.error as error:
        said = error.args[0]
        raise PatternError(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from None
