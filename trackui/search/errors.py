"""What is wrong with a filter or an order, and where."""

from __future__ import annotations

from trackui.errors import InvalidParameterValue, shorten


class SearchSyntaxError(InvalidParameterValue):
    """`text[start:end]` is the part to underline, `expected` what would have been right there.

    `suggestion` is text that may replace the part, empty where nothing near is known. The message
    starts with the words MLflow uses, since clients look for them.
    """

    def __init__(self, message: str, *, start: int, end: int, expected: str = "", suggestion: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.expected = expected
        self.suggestion = suggestion


def invalid_clause(text: str, *, start: int, end: int, expected: str, suggestion: str = "") -> SearchSyntaxError:
    """The error for text that does not fit the grammar where it stands."""
    found = text[start:end].strip()
    shown = f"'{shorten(found, 100)}'" if found else "the end of the filter"
    message = f"Invalid clause(s) in filter string: {shown}. Expected {expected}."
    if suggestion:
        message += f" Did you mean {suggestion}?"
    return SearchSyntaxError(message, start=start, end=end, expected=expected, suggestion=suggestion)
