"""Experiments and logged models that satisfy a search, a page at a time."""

from collections.abc import Sequence

from trackui.db import fetch_all
from trackui.search.sql import PlainTerm, Sql


def found_pks(table: str, where: Sql, order: Sequence[PlainTerm], *, limit: int) -> list[int]:
    """Primary keys of the rows on one page, in one statement. `table` comes from code, never from input."""
    by = ", ".join(f"{term.sql.text} {'DESC' if term.is_descending else 'ASC'}" for term in order)
    params = (*where.params, *(param for term in order for param in term.sql.params), limit)
    rows = fetch_all(f"SELECT id FROM {table} WHERE {where.text} ORDER BY {by} LIMIT %s", params)
    return [pk for (pk,) in rows]
