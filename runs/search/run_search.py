"""Runs that satisfy a filter, in order, a page at a time.

Two ways to go: walk the runs in order and probe each for the condition, quick where many satisfy
it; or start from a condition few runs satisfy, and order those. Which one is decided by trying: a
short walk first, then a bounded count of each condition that has an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import LifecycleStage
from runs.search.compiler import Condition, Conjunct, Lead, compile_filter
from runs.search.ordering import MetricKey, Ordering, compile_order_by, order_sql
from runs.search.scope import Scope
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of, in_values

__all__ = ["Condition", "Ordering", "Scope", "compile_filter", "compile_order_by", "count_runs", "search_run_ids"]

# Runs probed before anything is counted: under a millisecond.
TRIAL_RUNS = 500
# A condition with fewer runs than this is started from: fetching and ordering that many is as
# long as the longest walk we would rather take.
FEW_RUNS = 4_000


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
    return all_of(
        [equal_or_in("runs_run.experiment_id", experiments), equal_or_in("runs_run.lifecycle_stage", stages)]
    )


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
    found = trial(search)
    if found is not None:
        return found
    lead = rarest(search)
    return from_lead(search, lead) if lead is not None else in_order(search)


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
    where = all_of([in_scope(experiments, tuple(map(str, stages))), *(c.sql for c in condition.conjuncts)])
    if at_most is None:
        return rows(Sql("SELECT COUNT(*) FROM runs_run WHERE "), where)[0]
    return rows(
        Sql("SELECT COUNT(*) FROM (SELECT 1 FROM runs_run WHERE "), where, Sql(" LIMIT %s) bounded", (at_most,))
    )[0]


# --- Walking in order -------------------------------------------------------------------------


def in_order(search: Search) -> list[int]:
    if search.ordering.leading_metric is not None and len(search.experiments) == 1:
        return by_metric(search, search.ordering.leading_metric)
    return rows(
        Sql("SELECT runs_run.id FROM runs_run WHERE "), matching(search), ordered(search.ordering), page(search)
    )


def trial(search: Search) -> list[int] | None:
    """The page, where the first runs in order fill it; None where more would have to be probed."""
    if not search.ordering.is_default or len(search.experiments) > 1 or search.end > TRIAL_RUNS:
        return None
    found = rows(
        search.runs.wrapped("SELECT runs_run.id FROM (SELECT * FROM runs_run WHERE ", ""),
        ordered(search.ordering),
        Sql(" LIMIT %s) runs_run WHERE ", (TRIAL_RUNS,)),
        all_of(c.sql for c in search.condition.conjuncts),
        ordered(search.ordering),
        Sql(" LIMIT %s", (search.end,)),
    )
    return found[search.offset :] if len(found) == search.end else None


def by_metric(search: Search, metric: MetricKey) -> list[int]:
    """The index of the metric's values gives the order; then come NaN, then runs without the metric."""
    found: list[int] = []
    skip = search.offset
    rest = order_sql(search.ordering.terms[metric.terms :])
    direction = "DESC" if metric.is_descending else "ASC"
    joined = "FROM runs_metricsummary walked JOIN runs_run ON runs_run.id = walked.run_id"
    walked = Sql("walked.experiment_id = %s AND walked.key_id = %s", (search.experiments[0], metric.key))
    absent = Sql(
        "NOT EXISTS (SELECT 1 FROM runs_metricsummary probe"
        " WHERE probe.run_id = runs_run.id AND probe.key_id = %s)",
        (metric.key,),
    )
    stages = [
        (joined, all_of([walked, Sql("NOT walked.last_is_nan")]), f"walked.last_value {direction}, "),
        (joined, all_of([walked, Sql("walked.last_is_nan")]), ""),
        ("FROM runs_run", absent, ""),
    ]
    for source, where, value in stages:
        wanted = search.limit - len(found)
        matched = Sql(f" {source} WHERE "), all_of([where, matching(search)])
        got = rows(
            Sql("SELECT runs_run.id"),
            *matched,
            Sql(f" ORDER BY {value}{rest.text} LIMIT %s OFFSET %s", (*rest.params, wanted, skip)),
        )
        found += got
        if len(found) == search.limit:
            break
        if skip and not got:
            skip -= rows(Sql("SELECT COUNT(*)"), *matched)[0]
        else:
            skip = 0
    return found


# --- Starting from a rare condition -----------------------------------------------------------


def rarest(search: Search) -> Lead | None:
    """The condition to start from; None where each holds for many runs."""
    for is_range in (True, False):
        leads = [c.lead for c in search.condition.conjuncts if c.lead is not None and c.lead.is_range is is_range]
        counted = [(bounded_count(search, lead), position) for position, lead in enumerate(leads)]
        if counted and min(counted)[0] < FEW_RUNS:
            return leads[min(counted)[1]]
    return None


def bounded_count(search: Search, lead: Lead) -> int:
    return rows(
        lead_rows(search, lead).wrapped("SELECT COUNT(*) FROM (SELECT 1 ", ""),
        Sql(" LIMIT %s) bounded", (FEW_RUNS,)),
    )[0]


def lead_rows(search: Search, lead: Lead) -> Sql:
    where = all_of([equal_or_in("probe.experiment_id", search.experiments), lead.where])
    return where.wrapped(f"FROM {lead.table} probe WHERE ", "")


def from_lead(search: Search, lead: Lead) -> list[int]:
    others = [c.sql for c in search.condition.conjuncts if c.lead is not lead]
    return rows(
        lead_rows(search, lead).wrapped(
            "SELECT runs_run.id FROM runs_run WHERE runs_run.id IN (SELECT probe.run_id ", ") AND "
        ),
        all_of([search.runs, *others]),
        ordered(search.ordering),
        page(search),
    )


# --- Pieces -----------------------------------------------------------------------------------


def matching(search: Search) -> Sql:
    return all_of([search.runs, *(c.sql for c in search.condition.conjuncts)])


def ordered(ordering: Ordering) -> Sql:
    return Sql(f" ORDER BY {ordering.sql}", ordering.params)


def page(search: Search) -> Sql:
    return Sql(" LIMIT %s OFFSET %s", (search.limit, search.offset))


def rows(*parts: Sql) -> list[int]:
    """The first column of what the parts, one after the other, select."""
    text = "".join(part.text for part in parts)
    return [row[0] for row in fetch_all(text, tuple(p for part in parts for p in part.params))]
