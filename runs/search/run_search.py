"""Runs that satisfy a filter, in order, a page at a time.

Two ways to go: walk the runs in order and probe each for the condition, quick where many satisfy
it; or start from a condition few runs satisfy, and order those. Which one is decided by trying: a
short walk first, then a bounded count of each condition that has an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import LifecycleStage
from runs.search.compiler import Condition, Lead, compile_filter
from runs.search.ordering import FieldOrder, Ordering, Walk, compile_order_by
from runs.search.scope import Scope
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of, in_values

__all__ = ["Condition", "Ordering", "Scope", "compile_filter", "compile_order_by", "count_runs", "search_run_ids"]

# Runs probed before anything is counted: under a millisecond.
TRIAL_RUNS = 500
# A condition with fewer runs than this is started from: fetching and ordering that many is as
# long as the longest walk we would rather take.
FEW_RUNS = 4_000
# Counting probes every run of the experiment otherwise, so a condition of this many is still the better start.
FEW_TO_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class Search:
    experiments: tuple[int, ...]
    condition: Condition
    ordering: Ordering
    stages: tuple[str, ...]
    limit: int
    offset: int

    @property
    def end(self) -> int:
        return self.offset + self.limit

    @property
    def runs(self) -> Sql:
        """The runs looked at, before the condition."""
        return in_scope(self.experiments, self.stages)


def in_scope(experiments: Sequence[int], stages: Sequence[str]) -> Sql:
    """One stage or experiment is an equality, so that the index that starts with them gives the order too."""
    return all_of([equal_or_in("runs_run.experiment_id", experiments), equal_or_in("runs_run.lifecycle_stage", stages)])


def equal_or_in(column: str, values: Sequence) -> Sql:
    return Sql(f"{column} = %s", (values[0],)) if len(values) == 1 else in_values(column, values)


def search_run_ids(
    experiments: Sequence[int],
    condition: Condition,
    ordering: Ordering,
    *,
    stages: Sequence[str] = (LifecycleStage.ACTIVE,),
    limit: int,
    offset: int = 0,
) -> list[int]:
    """Primary keys of the runs on one page, in order.

    One to a handful of statements; their cost grows with the page and with the runs that satisfy
    the condition, not with those that do not, wherever an index can tell them apart.
    """
    if not experiments or limit <= 0 or condition.is_impossible:
        return []
    search = Search(tuple(experiments), condition, ordering, tuple(map(str, stages)), limit, offset)
    if condition.is_empty:
        return in_order(search)
    hits = trial(search)
    if hits is not None and len(hits) == search.end:
        return hits[offset:]
    start = rarest(search, at_most=worthwhile(search, hits))
    if start is None:
        return in_order(search)
    return from_lead(search, start.lead) if start.runs else []


def worthwhile(search: Search, hits: list[int] | None) -> int:
    """How many runs may satisfy a condition for it to be the better start than a walk in order.

    Judged by how many of the trial's runs were hits: the page needs so many times more runs
    probed, and a run fetched and sorted costs about as much as three probed.
    """
    if not hits:
        return FEW_RUNS
    probes = TRIAL_RUNS * search.end // len(hits)
    return min(FEW_RUNS, probes // 3)


def count_runs(
    experiments: Sequence[int],
    condition: Condition,
    *,
    stages: Sequence[str] = (LifecycleStage.ACTIVE,),
    at_most: int | None = None,
) -> int:
    """How many runs satisfy the condition; counting stops at `at_most`."""
    if not experiments or condition.is_impossible:
        return 0
    search = Search(tuple(experiments), condition, Ordering(()), tuple(map(str, stages)), 0, 0)
    start = None if condition.is_empty else rarest(search, at_most=FEW_TO_COUNT)
    if start is None:
        source, where = Sql(" FROM runs_run"), matching(search)
    else:
        source, where = led(search, start.lead)
    selected = where.wrapped(f"{source.text} WHERE ", "", params=source.params)
    if at_most is None:
        return rows(selected.wrapped("SELECT COUNT(*)", ""))[0]
    return rows(selected.wrapped("SELECT COUNT(*) FROM (SELECT 1", ""), Sql(" LIMIT %s) bounded", (at_most,)))[0]


# --- Walking in order -------------------------------------------------------------------------


def in_order(search: Search) -> list[int]:
    leading = search.ordering.fields[0]
    if leading.walks and len(search.experiments) == 1:
        return by_index(search, leading)
    return rows(sorted_runs(search, Sql(" FROM runs_run"), matching(search)))


def trial(search: Search) -> list[int] | None:
    """Hits among the first TRIAL_RUNS runs in order, at most a page; None where no index gives the order."""
    leading, *others = search.ordering.fields
    if len(search.experiments) > 1 or any(term.source for other in others for term in other.terms):
        return None
    if search.ordering.is_default:
        terms, source, where = (), Sql(" FROM runs_run"), search.runs
    elif leading.walks:
        terms = leading.walks[0].terms
        source, where = walked(search, leading, leading.walks[0])
    else:
        return None
    rest = [f"{term.expression} {term.direction}" for term in search.ordering.terms if term.source is None]
    inner = ", ".join([f"{term.expression} {term.direction}" for term in terms] + rest)
    outer = ", ".join([f"w{i} {term.direction}" for i, term in enumerate(terms)] + rest)
    columns = "".join(f", {term.expression} AS w{i}" for i, term in enumerate(terms))
    return rows(
        where.wrapped(
            f"SELECT runs_run.id FROM (SELECT runs_run.*{columns}{source.text} WHERE ", "", params=source.params
        ),
        Sql(f" ORDER BY {inner} LIMIT %s) runs_run WHERE ", (TRIAL_RUNS,)),
        all_of(c.sql for c in search.condition.conjuncts),
        Sql(f" ORDER BY {outer} LIMIT %s", (search.end,)),
    )


def by_index(search: Search, leading: FieldOrder) -> list[int]:
    """Walk the index that has the first key's order; then come the runs without a value."""
    found: list[int] = []
    skip = search.offset
    source = leading.terms[0].source
    for walk in (*leading.walks, None):
        if walk is None:
            where = f"NOT EXISTS (SELECT 1 FROM {source.table} v WHERE v.run_id = runs_run.id AND v.key_id = %s)"
            selected, where = Sql(" FROM runs_run"), all_of([Sql(where, (source.key,)), search.runs])
        else:
            selected, where = walked(search, leading, walk)
        where = all_of([where, *(c.sql for c in search.condition.conjuncts)])
        matched = where.wrapped(f"{selected.text} WHERE ", "", params=selected.params)
        order, params = walk_order(search, walk)
        wanted = search.limit - len(found)
        got = rows(
            matched.wrapped("SELECT runs_run.id", ""),
            Sql(f" ORDER BY {order} LIMIT %s OFFSET %s", (*params, wanted, skip)),
        )
        found += got
        if len(found) == search.limit or walk is None:
            break
        # Nothing here: the page begins in a later part, so many runs further on.
        skip = max(0, skip - rows(matched.wrapped("SELECT COUNT(*)", ""))[0]) if skip and not got else 0
    return found


def walked(search: Search, leading: FieldOrder, walk: Walk) -> tuple[Sql, Sql]:
    """FROM and WHERE of the runs with a value, the table of values first."""
    source = leading.terms[0].source
    keyed = Sql("v.experiment_id = %s AND v.key_id = %s", (search.experiments[0], source.key))
    where = [keyed, Sql(walk.where), Sql("runs_run.id = v.run_id"), search.runs]
    return Sql(f" FROM {source.table} v CROSS JOIN runs_run"), all_of(where)


def walk_order(search: Search, walk: Walk | None) -> tuple[str, tuple]:
    """The order within one walk: its own, then that of the further keys."""
    terms = [term for field_order in search.ordering.fields[1:] for term in field_order.terms]
    own = [f"{term.expression} {term.direction}" for term in walk.terms] if walk else []
    rest = [f"{term.sql.text} {term.direction}" for term in terms]
    return ", ".join(own + rest), tuple(p for term in terms for p in term.sql.params)


# --- Starting from a rare condition -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """A condition to start from, and how many runs satisfy it."""

    lead: Lead
    runs: int


def rarest(search: Search, *, at_most: int) -> Start | None:
    """The condition to start from; None where each holds for as many runs as `at_most`, or more.

    Those that an index answers are counted first: counting the others may read all rows of a key.
    """
    for is_indexed in (True, False):
        leads = [c.lead for c in search.condition.conjuncts if c.lead is not None and c.lead.is_indexed is is_indexed]
        counted = [Start(lead, bounded_count(search, lead, at_most)) for lead in leads]
        rare = min(counted, key=lambda start: start.runs, default=None)
        if rare is not None and rare.runs < at_most:
            return rare
    return None


def bounded_count(search: Search, lead: Lead, at_most: int) -> int:
    return rows(
        lead_rows(search, lead).wrapped("SELECT COUNT(*) FROM (SELECT 1 FROM ", ""),
        Sql(" LIMIT %s) bounded", (at_most,)),
    )[0]


def lead_rows(search: Search, lead: Lead) -> Sql:
    where = all_of([equal_or_in("probe.experiment_id", search.experiments), lead.where])
    return where.wrapped(f"{lead.table} probe WHERE ", "")


def from_lead(search: Search, lead: Lead) -> list[int]:
    return rows(sorted_runs(search, *led(search, lead)))


def led(search: Search, lead: Lead) -> tuple[Sql, Sql]:
    """FROM and WHERE that begin with the rows of one condition: SQLite keeps to the order of a CROSS JOIN."""
    source = lead_rows(search, lead).wrapped(" FROM (SELECT probe.run_id FROM ", ") rare CROSS JOIN runs_run")
    others = [c.sql for c in search.condition.conjuncts if c.lead is not lead]
    return source, all_of([Sql("runs_run.id = rare.run_id"), search.runs, *others])


def sorted_runs(search: Search, source: Sql, where: Sql) -> Sql:
    joins, order = search.ordering.joined()
    before = f"SELECT runs_run.id{source.text}{joins.text} WHERE "
    selected = where.wrapped(before, f" ORDER BY {order} LIMIT %s OFFSET %s", params=(*source.params, *joins.params))
    return Sql(selected.text, (*selected.params, search.limit, search.offset))


# --- Pieces -----------------------------------------------------------------------------------


def matching(search: Search) -> Sql:
    return all_of([search.runs, *(c.sql for c in search.condition.conjuncts)])


def rows(*parts: Sql) -> list[int]:
    """The first column of what the parts, one after the other, select."""
    text = "".join(part.text for part in parts)
    return [row[0] for row in fetch_all(text, tuple(p for part in parts for p in part.params))]
