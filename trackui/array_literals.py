"""Columns as PostgreSQL's array literals: a thousand rows travel as a few texts, which the server parses in C."""

from collections.abc import Sequence

NUMBERS = frozenset((int, float))


def array_literal(values: Sequence) -> str:
    """`{1,2,3}`: numbers, texts, booleans, bytes and None. Cast it: `%s::bigint[]`. Texts must hold no NUL."""
    if NUMBERS.issuperset(map(type, values)):
        return f"{{{','.join(map(repr, values))}}}"  # of a float, the shortest text that reads back as it is
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f'"\\\\x{value.hex()}"'
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
