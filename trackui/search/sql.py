"""Pieces of SQL with their parameters, and comparisons that mean the same on SQLite and PostgreSQL.

Nothing of a filter ever becomes SQL text: values are bound, columns come from code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from trackui.db import is_sqlite


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    params: tuple = ()

    def wrapped(self, before: str, after: str, *, params: tuple = ()) -> Sql:
        """Text around it; `params` belong to `before`."""
        return Sql(f"{before}{self.text}{after}", (*params, *self.params))


class OrderTerm(Protocol):
    """One expression to order by."""

    @property
    def sql(self) -> Sql: ...

    @property
    def is_descending(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PlainTerm:
    sql: Sql
    is_descending: bool = False


TRUE = Sql("1 = 1")
FALSE = Sql("1 = 0")


def all_of(parts: Iterable[Sql]) -> Sql:
    return joined(list(parts), " AND ", empty=TRUE)


def any_of(parts: Iterable[Sql]) -> Sql:
    return joined(list(parts), " OR ", empty=FALSE)


def joined(parts: Sequence[Sql], link: str, *, empty: Sql) -> Sql:
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    return Sql(f"({link.join(part.text for part in parts)})", tuple(p for part in parts for p in part.params))


def negated(part: Sql) -> Sql:
    """Right because every condition here is true or false, never NULL."""
    return Sql(f"NOT ({part.text})", part.params)


def in_values(column: str, values: Sequence) -> Sql:
    return Sql(f"{column} IN ({', '.join(['%s'] * len(values))})", tuple(values)) if values else FALSE


def among(column: str, ids: Sequence[int]) -> Sql:
    """One of many ids, more than a list of bound values may hold."""
    if is_sqlite():
        return Sql(f"{column} IN (SELECT value FROM json_each(%s))", (json.dumps(list(ids)),))
    return Sql(f"{column} = ANY(%s)", (list(ids),))


def probing(table: str, where: Sql) -> Sql:
    """Whether the table, named `probe`, has a row like this: looked up for one run after the other.

    PostgreSQL would read all of the table to join it, though a page needs few runs; OFFSET 0 keeps
    it from that.
    """
    return where.wrapped(f"EXISTS (SELECT 1 FROM {table} probe WHERE ", ")" if is_sqlite() else " OFFSET 0)")


def indexed_by(index: str) -> str:
    """What follows a table's name: SQLite's statistics, where old or missing, mislead it about the index to take."""
    return f" INDEXED BY {index}" if index and is_sqlite() else ""


# --- Comparisons ------------------------------------------------------------------------------

NUMBER_OPERATORS = {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


def number_comparison(column: str, operator: str, number: int | float) -> Sql:
    return Sql(f"{column} {NUMBER_OPERATORS[operator]} %s", (number,))


def text_comparison(column: str, operator: str, value: str | Sequence[str]) -> Sql:
    match operator:
        case "=":
            return Sql(f"{column} = %s", (value,))
        case "!=":
            return Sql(f"{column} <> %s", (value,))
        case "LIKE":
            return like(column, value)
        case "ILIKE":
            return ilike(column, value)
        case "IN":
            return in_values(column, value)
        case "NOT IN":
            return negated(in_values(column, value))
    raise ValueError(operator)


def like(column: str, pattern: str) -> Sql:
    """`%` any run, `_` one character, everything else itself, case as written."""
    if is_sqlite():  # its LIKE ignores case, its GLOB does not
        return Sql(f"{column} GLOB %s", (glob(pattern),))
    return Sql(f"{column} LIKE %s ESCAPE ''", (pattern,))


def ilike(column: str, pattern: str) -> Sql:
    """The same whatever the case, also of letters beyond ASCII, which neither database folds by itself."""
    if is_sqlite():
        if pattern.isascii():
            return Sql(f"{column} LIKE %s", (pattern,))
        return Sql(f"{column} GLOB %s", (glob(pattern, any_case=True),))
    if pattern.isascii():
        return Sql(f"{column} ILIKE %s ESCAPE ''", (pattern,))
    parts = (".*" if c == "%" else "." if c == "_" else regex_either_case(c) for c in pattern)
    return Sql(f"{column} ~ %s", (f"^{''.join(parts)}$",))


def contains(column: str, text: str) -> Sql:
    """The text as it stands somewhere in the column, whatever its case."""
    if text.isascii():
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Sql(f"{column} {'LIKE' if is_sqlite() else 'ILIKE'} %s ESCAPE '\\'", (f"%{escaped}%",))
    if is_sqlite():
        return Sql(f"{column} GLOB %s", (f"*{''.join(map(either_case, text))}*",))
    return Sql(f"{column} ~ %s", ("".join(map(regex_either_case, text)),))


def glob(pattern: str, *, any_case: bool = False) -> str:
    """A LIKE pattern as SQLite's GLOB pattern."""
    literal = either_case if any_case else glob_literal
    return "".join("*" if c == "%" else "?" if c == "_" else literal(c) for c in pattern)


def glob_literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character


def either_case(character: str) -> str:
    cases = both_cases(character)
    return glob_literal(character) if len(cases) == 1 else f"[{cases}]"


def regex_either_case(character: str) -> str:
    cases = both_cases(character)
    if len(cases) > 1:
        return f"[{cases}]"
    return character if character.isalnum() or not character.isascii() else f"\\{character}"


def both_cases(character: str) -> str:
    return "".join(sorted({character} | {c for c in (character.lower(), character.upper()) if len(c) == 1}))


def text_order(column: str) -> str:
    """A text column to order by code point, as SQLite does by itself."""
    return column if is_sqlite() else f'{column} COLLATE "C"'


# --- Long texts in an index -------------------------------------------------------------------

# Values can be longer than PostgreSQL takes in an index: the start of them is indexed.
INDEXED_CHARACTERS = 100


def indexed_text(column: str) -> str:
    """The expression that an index on a long text column holds."""
    return text_order(f"SUBSTR({column}, 1, {INDEXED_CHARACTERS})")


def indexed_equal(column: str, value: str) -> Sql:
    """`column = value` as such an index answers it."""
    if len(value) < INDEXED_CHARACTERS:
        return Sql(f"{indexed_text(column)} = %s", (value,))
    return Sql(f"({indexed_text(column)} = %s AND {column} = %s)", (value[:INDEXED_CHARACTERS], value))


# --- Times and ids ----------------------------------------------------------------------------


def time_comparison(column: str, operator: str, start: int | float, span: int) -> Sql:
    """A date is equal to every time within it, and otherwise its first millisecond."""
    if span > 1 and operator in ("=", "!="):
        within = Sql(f"({column} >= %s AND {column} < %s)", (start, start + span))
        return within if operator == "=" else negated(within)
    return number_comparison(column, operator, start)


def id_comparison(column: str, operator: str, texts: Sequence[str]) -> Sql:
    """Ids that travel as decimal text; text that is no id equals none."""
    found = in_values(column, [int(text) for text in texts if is_id(text)])
    return found if operator in ("=", "IN") else negated(found)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19 and (text == "0" or text[0] != "0")
