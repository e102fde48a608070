"""What a request can be told. Messages hold no path of the machine and no traceback."""

from __future__ import annotations

LONGEST_QUOTE = 100


class ScoringError(Exception):
    """`error_code` as MLflow has it: BAD_REQUEST for what cannot be read, INVALID_PARAMETER_VALUE for a wrong value."""

    def __init__(self, message: str, *, status: int = 400, error_code: str = "INVALID_PARAMETER_VALUE") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.error_code = error_code


def bad_request(message: str) -> ScoringError:
    return ScoringError(message, error_code="BAD_REQUEST")


def quote(value: object) -> str:
    """Input as it may be repeated: a piece of it."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def kind_of(value: object) -> str:
    """The type of a value of a request, in the words of a signature."""
    kinds = {bool: "boolean", int: "long", float: "double", str: "string", list: "array", dict: "object"}
    if value is None:
        return "null"
    if type(value) is int and not -(2**63) <= value < 2**63:
        return "a number beyond 64 bits"
    return kinds.get(type(value), type(value).__name__)
