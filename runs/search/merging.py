"""A page of a search in several experiments or stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runs.search.pages import page
from runs.search.part_search import PartSearch
from runs.search.scope import in_scope
from trackui.search.sql import FALSE, Sql, all_of

# So many runs are sorted rather than searched part by part.
FEW_RUNS = 10_000
# Past so many candidates, only the best are kept before going on.
AT_ONCE = 10_000


def merged_page(searches: Sequence[PartSearch]) -> list[int]:
    """The first runs of each part, sorted together. Without many runs in all, one statement sorts them all."""
    first = searches[0]
    end = first.offset + first.limit
    experiments = list(dict.fromkeys(search.part.experiment for search in searches))
    stages = list(dict.fromkeys(search.part.stage for search in searches))
    scope = in_scope(experiments, stages)
    count = scope.wrapped("SELECT COUNT(*) FROM (SELECT 1 FROM runs_run WHERE ", f" LIMIT {FEW_RUNS}) bounded")
    if first.recorder.rows(f"Count runs of all experiments, up to {FEW_RUNS:,}", count)[0][0] < FEW_RUNS:
        first.recorder.chose("Few runs in all: they are sorted.")
        return sorted_runs(first, all_of([scope, first.where, first.later]), limit=first.limit, offset=first.offset)
    first.recorder.chose(f"Search {len(searches):,} parts, each an experiment and a stage, and merge their pages.")
    found: list[int] = []
    for search in searches:
        found += page(replace(search, limit=end, offset=0))
        if len(found) > AT_ONCE:
            found = best(first, found, limit=end)
    return best(first, found, limit=end)[first.offset :]


def best(search: PartSearch, pks: Sequence[int], *, limit: int) -> list[int]:
    """The first of them in order."""
    # Numbers from the database, written out: statements take fewer parameters than a deep page needs.
    where = Sql(f"runs_run.id IN ({', '.join(map(str, pks))})") if pks else FALSE
    return sorted_runs(search, where, limit=limit)


def sorted_runs(search: PartSearch, where: Sql, *, limit: int, offset: int = 0) -> list[int]:
    joins, order = search.ordering.joined()
    found = search.recorder.rows(
        "Sort runs of several parts",
        Sql(f"SELECT runs_run.id FROM runs_run{joins.text} WHERE", joins.params),
        where,
        Sql(f"ORDER BY {order} LIMIT %s OFFSET %s", (limit, offset)),
    )
    return [pk for (pk,) in found]
