"""A search among the runs of one experiment and stage: what the ways to its page share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from runs.search.compiler import Condition, Conjunct, of_run
from runs.search.keyset import later_than
from runs.search.leads import STAGE, Part, Rows, Start, Starts
from runs.search.ordering import FieldOrder, Ordering, Walk
from runs.search.plan import Recorder
from trackui.search.sql import INDEXED_CHARACTERS, TRUE, Sql, all_of, negated, probing


@dataclass(frozen=True)
class PartSearch:
    """`position`: only what comes after it, given by the values of the order's terms."""

    part: Part
    condition: Condition
    ordering: Ordering
    recorder: Recorder
    limit: int = 0
    offset: int = 0
    position: tuple | None = None

    @property
    def leading(self) -> FieldOrder:
        return self.ordering.fields[0]

    @property
    def where(self) -> Sql:
        return all_of(c.sql for c in self.condition.conjuncts)

    @property
    def later(self) -> Sql:
        return TRUE if self.position is None else later_than(self.ordering.terms, self.position)

    @cached_property
    def starts(self) -> Starts:
        leads = [c.lead for c in self.condition.conjuncts if c.lead is not None]
        if self.ordering.fields and self.leading.walks and self.leading.walks[0].source is not None:
            leads.append(STAGE)
        return Starts(self.part, leads, self.recorder)

    def among_alike(self, walk: Walk, values: Sequence, *, position: tuple | None = None, **page: int) -> PartSearch:
        """Among the runs that are alike in the leading field, by the rest of the order.

        `position` is one of the whole order.
        """
        fields = self.ordering.fields[1:]
        if any(isinstance(value, str) and len(value) >= INDEXED_CHARACTERS for value in values):
            # Their texts are alike in what is indexed of them only.
            fields = (FieldOrder(self.leading.terms[-1:]), *fields)
        if position is not None:
            position = position[len(self.ordering.terms) - sum(len(f.terms) for f in fields) :]
        added = alike(walk, values)
        condition = self.condition
        if added.sql != TRUE:
            condition = replace(condition, conjuncts=(*condition.conjuncts, added))
        return replace(self, condition=condition, ordering=Ordering(fields), position=position, **page)


def alike(walk: Walk, values: Sequence) -> Conjunct:
    """The runs in a walk whose terms have these values."""
    equal = [Sql(f"{term.expression} = %s", (value,)) for term, value in zip(walk.terms, values, strict=True)]
    where = all_of([part for part in (walk.where, *equal) if part != TRUE])
    if walk.source is None:
        return of_run(where, index=walk.index)
    keyed = Sql("probe.key_id = %s", (walk.source.key,))
    where = all_of([keyed] if where == TRUE else [keyed, Sql(where.text.replace("v.", "probe."), where.params)])
    there = probing(walk.source.table, all_of([Sql("probe.run_id = runs_run.id"), where]))
    if walk.is_missing:
        return Conjunct(negated(there))
    return Conjunct(there, Rows(walk.source.table, where, walk.index))


# --- Runs sorted, when no walk serves ---------------------------------------------------------


def sorted_page(search: PartSearch, start: Start | None) -> list[int]:
    """The page from the rows of a start, or from all runs, sorted."""
    if start is None:
        source, linked = Sql(" FROM runs_run"), TRUE
    else:
        source = start.runs(search.part).wrapped(" FROM (", ") rare CROSS JOIN runs_run")
        linked = Sql("runs_run.id = rare.run_id")
    joins, order = search.ordering.joined()
    where = all_of(part for part in (linked, search.part.runs, search.where, search.later) if part != TRUE)
    found = search.recorder.rows(
        "Sort the runs of a condition" if start else "Sort all runs",
        Sql(f"SELECT runs_run.id{source.text}{joins.text} WHERE", (*source.params, *joins.params)),
        where,
        Sql(f"ORDER BY {order} LIMIT %s OFFSET %s", (search.limit, search.offset)),
    )
    return [pk for (pk,) in found]


def count_all(search: PartSearch, *, at_most: int | None = None, start: Start | None = None) -> int:
    """Runs of the search, wherever its page is; counting stops at `at_most`."""
    source, linked = Sql("FROM runs_run"), TRUE
    if start is not None:
        source = start.runs(search.part).wrapped("FROM (", ") rare CROSS JOIN runs_run")
        linked = Sql("runs_run.id = rare.run_id")
    where = all_of(part for part in (linked, search.part.runs, search.where, search.later) if part != TRUE)
    limit = "" if at_most is None else f"LIMIT {at_most}"
    counted = [Sql("SELECT COUNT(*) FROM (SELECT 1"), source, Sql("WHERE"), where, Sql(f"{limit}) counted")]
    return search.recorder.rows("Count the runs that match", *counted)[0][0]
