"""A page of a search among the runs of one experiment and stage, by the cheaper of two ways.

Walk the runs in order and probe each for the condition, quick where many satisfy it; or start from a
condition that few runs satisfy, and sort those. Both are tried with bounds that grow, so the choice costs
a small multiple of the better way, whatever is stored.
"""

from __future__ import annotations

from dataclasses import replace

from runs.models import LifecycleStage
from runs.search.leads import Start
from runs.search.part_search import PartSearch, count_all, sorted_page
from runs.search.walks import Stretch, counted, groups, in_full_order, stretches, walked

# Runs probed before anything is counted: under a millisecond.
TRIAL_RUNS = 500
# A run fetched and sorted costs about as much as so many probed.
PROBES_A_SORTED_RUN = 3
# How much further each walk goes than the one before.
GROWTH = 8
# Past it, a walk goes on to its end.
LONGEST_TRIAL = 250_000
# Without an order to walk all runs are sorted, or those of a condition of fewer than this.
FEW_TO_SORT = 100_000


class RareStart(Exception):
    """A condition is the better start; what was walked so far is let go."""

    def __init__(self, start: Start) -> None:
        self.start = start


def page(search: PartSearch) -> list[int]:
    """Primary keys of the runs on it, in order."""
    if search.limit <= 0 or search.condition.is_impossible:
        return []
    if not search.leading.walks:
        return unordered_page(search)
    try:
        return walked_page(search)
    except RareStart as better:
        if better.start.count == 0:
            search.recorder.chose("No run satisfies one of the conditions, so nothing more is looked at.")
            return []
        search.recorder.chose(
            f"Start from a condition that {better.start.count:,} runs satisfy, and sort those:"
            " a walk along the order met too few matches."
        )
        return sorted_page(search, better.start)


def unordered_page(search: PartSearch) -> list[int]:
    start = search.starts.rarest(fewer_than=FEW_TO_SORT)
    if start is not None and start.count == 0:
        search.recorder.chose("No run satisfies one of the conditions, so nothing more is looked at.")
        return []
    which = "all runs" if start is None else f"the {start.count:,} runs of the rarest condition"
    search.recorder.chose(f"No index has this order: {which} are sorted.")
    return sorted_page(search, start)


def walked_page(search: PartSearch) -> list[int]:
    found: list[int] = []
    skip = search.offset
    for stretch in stretches(search):
        wanted = search.limit - len(found)
        got = stretch_page(search, stretch, limit=wanted, offset=skip)
        found += got
        if len(found) == search.limit:
            break
        if got or not skip:
            skip = 0
        else:  # The page begins further on.
            skip = max(0, skip - stretch_count(search, stretch))
    return found


def stretch_count(search: PartSearch, stretch: Stretch) -> int:
    if stretch.values is None:
        return counted(search, stretch)
    return count_all(search.among_alike(stretch.walk, stretch.values, position=stretch.position))


def stretch_page(search: PartSearch, stretch: Stretch, *, limit: int, offset: int) -> list[int]:
    if stretch.values is not None:
        alike = search.among_alike(stretch.walk, stretch.values, position=stretch.position, limit=limit, offset=offset)
        return page(alike)
    # One before the page and one after it tell whether those at its ends have others like them.
    before = 1 if offset else 0
    rows = rows_on_the_way(search, stretch, limit=limit + before + 1, offset=offset - before)
    on_page = rows[before : before + limit]
    if stretch.walk.is_whole:
        return [one.pk for one in on_page]
    following = rows[before + limit] if len(rows) > before + limit else None
    made = groups(search, stretch, on_page, before=rows[0] if before and rows else None, following=following)
    unsorted = [pk for group in made if group.is_whole and len(group.pks) > 1 for pk in group.pks]
    rank = {pk: i for i, pk in enumerate(in_full_order(search, unsorted))} if unsorted else {}
    found: list[int] = []
    for group in made:
        if group.is_whole:
            found += sorted(group.pks, key=lambda pk: rank.get(pk, 0))
        else:
            part = search.among_alike(stretch.walk, group.values, limit=len(group.pks), offset=group.skipped)
            found += page(replace(part, position=None))
    return found


def rows_on_the_way(search: PartSearch, stretch: Stretch, *, limit: int, offset: int):
    if search.condition.is_empty and search.part.stage == LifecycleStage.ACTIVE:
        search.recorder.chose("Walk the order by its index and stop at the page.")
        return walked(search, stretch, limit=limit, offset=offset, probes=None)
    end = limit + offset
    probes = max(TRIAL_RUNS, 2 * end if end > TRIAL_RUNS else 0)
    while probes <= LONGEST_TRIAL:
        rows = walked(search, stretch, limit=limit, offset=offset, probes=probes)
        if len(rows) == limit:
            search.recorder.chose(f"Walk the order: the first {probes:,} runs had enough matches for the page.")
            return rows
        hits = len(rows) + offset if rows else 0
        ahead = min(probes * GROWTH, int(1.3 * probes * end / hits)) if hits else probes * GROWTH
        start = search.starts.rarest(fewer_than=max(int(ahead / PROBES_A_SORTED_RUN), 1))
        if start is not None:
            raise RareStart(start)
        if counted(search, stretch, probes=probes) < probes:
            search.recorder.chose("Walk the order to its end.")
            return rows
        probes = ahead
    search.recorder.chose("Walk the order: each condition holds for many runs.")
    return walked(search, stretch, limit=limit, offset=offset, probes=None)
