"""Runs that satisfy a filter, in order, a page at a time: the door of this room for runs.

Runs of one experiment and one stage are a part, searched along indexes that begin with these
(`runs.search.pages`); pages of several parts are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from runs.models import LifecycleStage
from runs.search.advice import advice
from runs.search.compiler import Condition, compile_filter
from runs.search.leads import Part
from runs.search.merging import merged_page
from runs.search.ordering import Ordering, compile_order_by
from runs.search.pages import page
from runs.search.part_search import PartSearch
from runs.search.plan import Plan, Recorder
from runs.search.scope import Scope, in_scope
from runs.search.totals import Total, total

__all__ = [
    "Condition",
    "Ordering",
    "Plan",
    "Scope",
    "Total",
    "compile_filter",
    "compile_order_by",
    "count_runs",
    "explain_search",
    "in_scope",
    "search_run_ids",
]


def search_run_ids(
    experiments: Sequence[int],
    condition: Condition,
    ordering: Ordering,
    *,
    stages: Sequence[str] = (LifecycleStage.ACTIVE,),
    limit: int,
    offset: int = 0,
    position: Sequence | None = None,
    recorder: Recorder | None = None,
) -> list[int]:
    """Primary keys of the runs on one page, in order; with a `position`, of those that come after it.

    One to a handful of statements an experiment; their cost grows with the page, the offset and the runs
    that satisfy the condition, not with those that do not, wherever an index can tell them apart. A
    position costs nothing, however far down it is.
    """
    if not experiments or limit <= 0 or condition.is_impossible:
        return []
    recorder = recorder or Recorder()
    searches = [
        PartSearch(
            part=part,
            condition=condition,
            ordering=ordering,
            recorder=recorder,
            limit=limit,
            offset=offset,
            position=None if position is None else tuple(position),
        )
        for part in parts(experiments, stages)
    ]
    return page(searches[0]) if len(searches) == 1 else merged_page(searches)


def explain_search(
    experiments: Sequence[int], condition: Condition, ordering: Ordering, **options
) -> tuple[list[int], Plan]:
    """The page, searched as `search_run_ids` does, and how it was found."""
    recorder = Recorder(is_asking=True)
    found = search_run_ids(experiments, condition, ordering, recorder=recorder, **options)
    return found, recorder.plan(advice(condition, ordering, offset=options.get("offset", 0)))


def count_runs(
    experiments: Sequence[int],
    condition: Condition,
    *,
    stages: Sequence[str] = (LifecycleStage.ACTIVE,),
    recorder: Recorder | None = None,
) -> Total:
    """How many runs satisfy the condition: exact up to 10,000, estimated beyond."""
    if not experiments or condition.is_impossible:
        return Total(0)
    recorder = recorder or Recorder()
    searches = [
        PartSearch(part=part, condition=condition, ordering=Ordering(()), recorder=recorder)
        for part in parts(experiments, stages)
    ]
    return total(searches)


def parts(experiments: Sequence[int], stages: Sequence[str]) -> list[Part]:
    return [Part(*pair) for pair in product(dict.fromkeys(experiments), dict.fromkeys(map(str, stages)))]
