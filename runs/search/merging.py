"""A page of a search, and its total, in several experiments or stages.

Parts of many runs are searched one by one. Small ones are taken together, some thousand runs a statement: a
hundred experiments cost little more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runs.search.pages import page
from runs.search.part_search import PartSearch
from runs.search.scope import in_scope
from trackui.search.sql import FALSE, Sql, all_of, in_values

# So many runs are sorted rather than searched part by part.
FEW_RUNS = 10_000
# An experiment of more runs than this is searched on its own.
SMALL = 2_000
# Past so many candidates, only the best are kept before going on.
AT_ONCE = 10_000

Batch = list[PartSearch]


def merged_page(searches: Sequence[PartSearch]) -> list[int]:
    """The first runs of each part, sorted together."""
    first = searches[0]
    end = first.offset + first.limit
    together = batches(searches)
    if len(together) == 1:
        first.recorder.chose("Few runs in all: they are sorted.")
        return sorted_runs(first, among(together[0]), limit=first.limit, offset=first.offset)
    found: list[int] = []
    for batch in together:
        if len(batch) == 1:
            found += page(replace(batch[0], limit=end, offset=0))
        else:
            found += sorted_runs(first, among(batch), limit=end)
        if len(found) > AT_ONCE:
            found = best(first, found, limit=end)
    first.recorder.chose(
        f"Search {len(searches):,} parts, each an experiment and a stage, the small ones together:"
        f" {len(together):,} searches, their pages merged."
    )
    return best(first, found, limit=end)[first.offset :]


def batches(searches: Sequence[PartSearch]) -> list[Batch]:
    """Parts that are searched together: of many runs each alone, the others up to FEW_RUNS a batch."""
    by_experiment: dict[int, list[PartSearch]] = {}
    for search in searches:
        by_experiment.setdefault(search.part.experiment, []).append(search)
    sizes = known_sizes(searches[0], list(by_experiment))
    alone: list[Batch] = []
    together: list[Batch] = []
    room = 0
    for experiment, its in by_experiment.items():
        size = sizes.get(experiment, 0)
        if size > SMALL:
            alone += [[search] for search in its]
            continue
        if size > room or not together:
            together.append([])
            room = FEW_RUNS
        together[-1] += its
        room -= size
    return alone + together


def known_sizes(search: PartSearch, experiments: Sequence[int]) -> dict[int, int]:
    """About how many runs each has, whatever their stage: as many as have its commonest key.

    Clients name each run by a tag, so that some key counts them all.
    """
    rows = search.recorder.rows(
        "Know how many runs each experiment has",
        Sql("SELECT experiment_id, MAX(run_count) FROM runs_experimentkey WHERE"),
        in_values("experiment_id", experiments),
        Sql("GROUP BY experiment_id"),
    )
    return dict(rows)


def among(batch: Batch) -> Sql:
    """The runs of a batch that its search is for."""
    experiments = list(dict.fromkeys(search.part.experiment for search in batch))
    stages = list(dict.fromkeys(search.part.stage for search in batch))
    return all_of([in_scope(experiments, stages), batch[0].where, batch[0].later])


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


def batch_count(batch: Batch) -> int:
    where = among(batch)
    ((number,),) = batch[0].recorder.rows(
        "Count the runs of several parts", Sql("SELECT COUNT(*) FROM runs_run WHERE"), where
    )
    return number
