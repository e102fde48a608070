"""Where a search begins: at the rows that a condition finds by itself, where those are few."""

from __future__ import annotations

from dataclasses import dataclass

from trackui.db import fetch_all, is_sqlite
from trackui.search.sql import Sql, among

# Rows that are looked at one by one; with more of them, a page is soon full in the order asked for.
FEW = 2000


@dataclass(frozen=True, slots=True)
class FewRows(Sql):
    """A condition that names its rows."""


@dataclass(frozen=True, slots=True)
class Search:
    """A compiled search of the rows of `table`. `is_few`: one of the conditions that must hold names its rows."""

    table: str
    where: Sql
    is_few: bool

    @property
    def source(self) -> str:
        """The table for FROM. SQLite is told to look the few rows up, as it would walk all in the order asked for."""
        return f"{self.table} NOT INDEXED" if self.is_few and is_sqlite() else self.table


def few_or(column: str, found: Sql, otherwise: Sql) -> Sql:
    """The condition `column IN (found)`, by its values where there are few of them, and else as `otherwise` says it.

    Neither database knows which is quicker: SQLite keeps no statistics, and PostgreSQL knows nothing of how a value
    lies in an order. One statement, which stops where there are too many.
    """
    pks = [pk for (pk,) in fetch_all(f"{found.text} LIMIT {FEW + 1}", found.params)]
    if len(pks) > FEW:
        return otherwise
    found = among(column, pks)
    return FewRows(found.text, found.params)
