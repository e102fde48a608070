"""Where a page ended, and the condition for what comes after it.

Unlike an offset it stays right while rows come and go: none is skipped or told twice unless what it
is ordered by has changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from trackui.db import fetch_all
from trackui.search.sql import OrderTerm, Sql, all_of, any_of


def position_of(table: str, terms: Sequence[OrderTerm], pk: int) -> list:
    """What the row is ordered by, for `later_than`: numbers and text, None where it lacks a value. One statement."""
    columns = ", ".join(term.sql.text for term in terms)
    params = [param for term in terms for param in term.sql.params]
    found = fetch_all(f"SELECT {columns} FROM {table} WHERE {table}.id = %s", [*params, pk])
    return list(found[0]) if found else []


def later_than(terms: Sequence[OrderTerm], position: Sequence) -> Sql:
    """The condition for rows that come after `position`."""
    pairs = list(zip(terms, position, strict=True))
    later = any_of(
        all_of([*(same(*pair) for pair in pairs[:depth]), beyond(*pairs[depth])])
        for depth in range(len(pairs))
        if pairs[depth][1] is not None
    )
    first, value = pairs[0]
    if value is None:
        return later
    # Says nothing new, but an index on the leading column can start there.
    return all_of([beyond(first, value, or_same=True), later])


def same(term: OrderTerm, value: object) -> Sql:
    if value is None:
        return term.sql.wrapped("", " IS NULL")
    return Sql(f"{term.sql.text} = %s", (*term.sql.params, value))


def beyond(term: OrderTerm, value: object, *, or_same: bool = False) -> Sql:
    """Not true of a row that lacks the value: its rank, an earlier term, decides."""
    sign = ("<" if term.is_descending else ">") + ("=" if or_same else "")
    return Sql(f"{term.sql.text} {sign} %s", (*term.sql.params, value))
