"""Runs of a search, by pages that end at a position, or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runs.queries.run_summaries import RunSummary, run_summaries
from runs.search.keyset import position_of
from runs.search.run_search import Condition, Ordering, search_run_ids

# Primary keys of so many runs are held at a time by whoever reads all, and rows of so many.
IDS_AT_ONCE = 100_000
ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RunListing:
    experiments: tuple[int, ...]
    condition: Condition
    ordering: Ordering
    stages: tuple[str, ...]

    def page(self, position: Sequence | None, limit: int) -> tuple[list[RunSummary], list | None]:
        """Rows after a position, and the position after them; None where nothing follows."""
        pks = self._pks(position, limit + 1)
        is_last = len(pks) <= limit
        pks = pks[:limit]
        return run_summaries(pks), None if is_last else position_of("runs_run", self.ordering.terms, pks[-1])

    def rows(self) -> Iterator[RunSummary]:
        """All of them; memory does not grow with their number."""
        position = None
        while pks := self._pks(position, IDS_AT_ONCE):
            for start in range(0, len(pks), ROWS_AT_ONCE):
                yield from run_summaries(pks[start : start + ROWS_AT_ONCE])
            if len(pks) < IDS_AT_ONCE:
                return
            position = position_of("runs_run", self.ordering.terms, pks[-1])

    def _pks(self, position: Sequence | None, limit: int) -> list[int]:
        return search_run_ids(
            self.experiments, self.condition, self.ordering, stages=self.stages, limit=limit, position=position
        )
