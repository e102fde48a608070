"""Rows of a table in a compiled order, by pages that end at a position, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import QuerySet

from runs.search.keyset import later_than, position_of
from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm

R = TypeVar("R")
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeysetListing(Generic[R]):
    """`found` in no order yet; `terms` say which, the last of them a key. `records`: what is told of a page of them.

    A page costs two statements and those of `records`.
    """

    found: QuerySet
    terms: Sequence[OrderTerm]
    records: Callable[[Sequence], list[R]]

    def page(self, position: Sequence | None, limit: int) -> tuple[list[R], list | None]:
        """Rows after a position, and the position after them; None where nothing follows."""
        later = self.found if position is None else matching(self.found, later_than(self.terms, position))
        rows = list(ordered_by(later, self.terms)[: limit + 1])
        shown = rows[:limit]
        table = self.found.model._meta.db_table
        after = position_of(table, self.terms, shown[-1].pk) if len(rows) > limit else None
        return self.records(shown), after

    def rows(self) -> Iterator[R]:
        """All of them; memory does not grow with their number."""
        position = None
        while True:
            rows, position = self.page(position, ROWS_AT_ONCE)
            yield from rows
            if position is None:
                return
