"""Which runs an address means: what its filter and facets leave, the first of these in order, or those it names.

All pages of an experiment read the same parameters, so that a link from one to another keeps the runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import Run
from runs.queries.run_order import find_sorts
from runs.queries.run_table_options import STAGES, RunTableOptions
from runs.queries.run_table_search import RunTableSearch, table_search
from runs.search.run_search import Total
from trackui.search.errors import SearchSyntaxError

MOST_CHOSEN = 500


@dataclass(frozen=True, slots=True)
class RunSet:
    """`chosen`: run ids that the address names with `runs=`, and then only those; `top`: how many of the first."""

    experiment_id: int
    search: RunTableSearch
    options: RunTableOptions
    chosen: tuple[str, ...] = ()
    top: int | None = None

    def count(self) -> Total:
        """How many there are: exact up to 10,000, estimated beyond."""
        if self.chosen:
            return Total(len(self.pks(limit=MOST_CHOSEN)))
        total = self.search.count()
        return total if self.top is None or total.number < self.top else Total(self.top)

    def pks(self, *, limit: int) -> list[int]:
        """Primary keys in order, at most so many."""
        if self.chosen:
            runs = Run.objects.filter(
                experiment=self.experiment_id,
                run_id__in=self.chosen,
                lifecycle_stage__in=STAGES[self.options.stage],
            )
            found = dict(runs.values_list("run_id", "pk"))
            return [found[run_id] for run_id in self.chosen if run_id in found][:limit]
        return self.search.pks(limit=limit if self.top is None else min(limit, self.top))


def run_set(
    experiment_id: int, options: RunTableOptions, *, chosen: Sequence[str] = (), top: int | None = None
) -> RunSet | SearchSyntaxError:
    """At most a handful of statements; the runs themselves are read when they are asked for."""
    search = table_search(experiment_id, options, find_sorts(experiment_id, options.order))
    if isinstance(search, SearchSyntaxError):
        return search
    return RunSet(experiment_id, search, options, tuple(dict.fromkeys(chosen))[:MOST_CHOSEN], top)
