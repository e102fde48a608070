"""Where a page of runs ended, and the condition for what comes after it.

Unlike an offset it stays right while runs come and go: no run is skipped or told twice unless what
it is ordered by has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runs.search.compiler import Condition, Conjunct
from runs.search.ordering import Ordering, Term
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of, any_of


def position_of(ordering: Ordering, pk: int) -> list:
    """What the run is ordered by, for `after`: numbers and text, None where it lacks a value. One statement."""
    columns = ", ".join(term.sql.text for term in ordering.terms)
    params = [param for term in ordering.terms for param in term.sql.params]
    found = fetch_all(f"SELECT {columns} FROM runs_run WHERE id = %s", [*params, pk])
    return list(found[0]) if found else []


def after(condition: Condition, ordering: Ordering, position: Sequence) -> Condition:
    """The condition, for runs that come later in the order than `position`."""
    pairs = list(zip(ordering.terms, position, strict=True))
    later = [
        all_of([*(same(term, value) for term, value in pairs[:depth]), beyond(*pairs[depth])])
        for depth in range(len(pairs))
        if pairs[depth][1] is not None
    ]
    added = [Conjunct(any_of(later))]
    first, value = pairs[0]
    if value is not None:
        # Says nothing new, but an index on the leading column can start there.
        added.append(Conjunct(beyond(first, value, or_same=True)))
    return replace(condition, conjuncts=(*condition.conjuncts, *added))


def same(term: Term, value: object) -> Sql:
    if value is None:
        return term.sql.wrapped("", " IS NULL")
    return Sql(f"{term.sql.text} = %s", (*term.sql.params, value))


def beyond(term: Term, value: object, *, or_same: bool = False) -> Sql:
    """Not true of a run that lacks the value: its rank, an earlier term, decides."""
    sign = ("<" if term.is_descending else ">") + ("=" if or_same else "")
    return Sql(f"{term.sql.text} {sign} %s", (*term.sql.params, value))
