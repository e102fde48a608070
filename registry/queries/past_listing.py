"""What was, by pages: lists that are known whole, as events tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P")
R = TypeVar("R")
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PastListing(Generic[P, R]):
    """`found`, told apart by `place`, in the order of the places. `records`: what is told of those of a page."""

    found: Sequence[P]
    place: Callable[[P], str | int]
    records: Callable[[Sequence[P]], list[R]]

    def page(self, position: Sequence | None, limit: int) -> tuple[list[R], list | None]:
        later = [one for one in self.found if position is None or self.place(one) > position[0]]
        shown = later[:limit]
        return self.records(shown), [self.place(shown[-1])] if len(later) > limit else None

    def rows(self) -> Iterator[R]:
        for start in range(0, len(self.found), ROWS_AT_ONCE):
            yield from self.records(self.found[start : start + ROWS_AT_ONCE])
