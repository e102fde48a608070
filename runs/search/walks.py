"""Runs in the order of an index, a page of them, however many lie before or are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from runs.models import LifecycleStage
from runs.search.keyset import beyond
from runs.search.leads import RUNS
from runs.search.ordering import Ordering, Term, Walk
from runs.search.part_search import PartSearch
from trackui.search.sql import TRUE, Sql, all_of, in_values, indexed_by

# Further on than this, rows are skipped without a look at their runs, less those that are deleted.
DEEP = 1_000
FEW_DELETED = 1_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a walk: all of it, what lies beyond a position, or (`values`) what is equal to it there."""

    walk: Walk
    beyond: Sql = TRUE
    values: tuple | None = None
    position: tuple | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A run on the way, with the values it is ordered by and what decides among equal ones in the index."""

    pk: int
    tie: object
    values: tuple


def stretches(search: PartSearch) -> Iterator[Stretch]:
    """What comes after the position, one stretch after the other."""
    walks = search.leading.walks
    if search.position is not None:
        walk = next(walk for walk in walks if walk.rank in (None, search.position[0]))
        values = walk.values(search.position)
        if not walk.is_whole:
            yield Stretch(walk, values=values, position=search.position)
        for depth in reversed(range(len(walk.terms))):
            pairs = list(zip(walk.terms, values, strict=True))
            equal = [Sql(f"{term.expression} = %s", (value,)) for term, value in pairs[:depth]]
            yield Stretch(walk, all_of([*equal, beyond(*plain(pairs[depth]))]))
        walks = walks[walks.index(walk) + 1 :]
    for walk in walks:
        yield Stretch(walk) if walk.terms else Stretch(walk, values=())


def plain(pair: tuple[Term, object]) -> tuple[Term, object]:
    """The term as it stands, over the row it is of."""
    term, value = pair
    return replace(term, source=None), value


# --- Rows of a walk ---------------------------------------------------------------------------


def walked(search: PartSearch, stretch: Stretch, *, limit: int, offset: int, probes: int | None) -> list[Found]:
    """Runs that satisfy the condition, from `offset` on; only the first `probes` of the walk are looked at."""
    walk = stretch.walk
    source, where = rows_of(search, stretch)
    order = [*walk.terms] if walk.is_whole else [*walk.terms, walk.tie]
    columns = [term.expression for term in order]
    if probes is not None:
        names = [f"w{i}" for i in range(len(columns))]
        named = ", ".join(f"{column} AS {name}" for column, name in zip(columns, names, strict=True))
        inner = order_by(order)
        kept = "runs_run.*" if walk.source is None else "v.run_id"
        source = where.wrapped(f"(SELECT {kept}, {named} FROM {source} WHERE ", f" ORDER BY {inner} LIMIT {probes})")
        source, where = source.wrapped("", f" {'v' if walk.source else RUNS}"), TRUE
        order = [replace(term, expression=name) for term, name in zip(order, names, strict=True)]
        columns = names
    else:
        source = Sql(source)
    source, where = with_runs(search, stretch, source, where, is_deep=offset >= DEEP)
    pk = "v.run_id" if walk.source else "runs_run.id"
    found = search.recorder.rows(
        "Walk the order" + (f", at most {probes:,} runs" if probes else ""),
        Sql(f"SELECT {', '.join([pk, *columns])} FROM {source.text} WHERE", source.params),
        where,
        Sql(f"ORDER BY {order_by(order)} LIMIT %s OFFSET %s", (limit, offset)),
    )
    return [Found(pk, values[-1], tuple(values[: len(walk.terms)])) for pk, *values in found]


def rows_of(search: PartSearch, stretch: Stretch) -> tuple[str, Sql]:
    """Rows in the index, before anything is asked of their runs."""
    walk = stretch.walk
    if walk.source is None:
        where = [search.part.runs, walk.where, stretch.beyond]
        return f"{RUNS}{indexed_by(walk.index)}", all_of(part for part in where if part != TRUE)
    keyed = [search.part.rows("v", walk.source.table), Sql("v.key_id = %s", (walk.source.key,))]
    is_bounded = stretch.beyond != TRUE and not walk.terms[-1].is_descending
    floor = TRUE if is_bounded else walk.floor
    where = [*keyed, *(part for part in (walk.where, floor, stretch.beyond) if part != TRUE)]
    return f"{walk.source.table} v{indexed_by(walk.index)}", all_of(where)


def with_runs(
    search: PartSearch, stretch: Stretch, source: Sql, where: Sql, *, is_deep: bool = False
) -> tuple[Sql, Sql]:
    """With what is asked of the runs, each looked up; deep down without a look, where few are deleted."""
    where = [where, search.where] if not search.condition.is_empty else [where]
    if stretch.walk.source is not None:
        if is_deep and search.condition.is_empty and has_few_deleted(search):
            deleted = replace(search.part, stage=str(LifecycleStage.DELETED)).runs
            where.append(deleted.wrapped("v.run_id NOT IN (SELECT id FROM runs_run WHERE ", ")"))
        else:
            source = source.wrapped("", " CROSS JOIN runs_run")
            where += [Sql("runs_run.id = v.run_id"), search.part.runs]
    return source, all_of(part for part in where if part != TRUE)


def has_few_deleted(search: PartSearch) -> bool:
    if search.part.stage != LifecycleStage.ACTIVE:
        return False
    deleted = replace(search.part, stage=str(LifecycleStage.DELETED)).runs
    select = deleted.wrapped("SELECT COUNT(*) FROM (SELECT 1 FROM runs_run WHERE ", f" LIMIT {FEW_DELETED}) bounded")
    return search.recorder.rows(f"Count deleted runs, up to {FEW_DELETED:,}", select)[0][0] < FEW_DELETED


def counted(search: PartSearch, stretch: Stretch, extra: Sequence[Sql] = (), *, probes: int | None = None) -> int:
    """Runs of a stretch that satisfy the condition; or its rows, whatever their runs, up to `probes`."""
    text, where = rows_of(search, stretch)
    source = Sql(text)
    if probes is not None:
        rows = where.wrapped(f"SELECT COUNT(*) FROM (SELECT 1 FROM {text} WHERE ", f" LIMIT {probes}) bounded")
        return search.recorder.rows(f"Count the runs in the order, up to {probes:,}", rows)[0][0]
    source, where = with_runs(search, stretch, source, all_of([where, *extra]), is_deep=True)
    select = Sql(f"SELECT COUNT(*) FROM {source.text} WHERE", source.params)
    return search.recorder.rows("Count the runs that come before", select, where)[0][0]


def order_by(terms: Sequence[Term]) -> str:
    return ", ".join(f"{term.expression} {term.direction}" for term in terms)


# --- Runs that are alike in the index ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours with the same values. Of one that is not whole, `skipped` lie before the page, or some follow."""

    values: tuple
    pks: list[int]
    is_whole: bool
    skipped: int = 0


def groups(
    search: PartSearch, stretch: Stretch, found: Sequence[Found], *, before: Found | None, following: Found | None
) -> list[Group]:
    made: list[Group] = []
    for values, members in groupby(found, key=lambda one: one.values):
        members = list(members)
        is_cut_before = before is not None and before.values == values and members[0] is found[0]
        is_cut_after = following is not None and following.values == values and members[-1] is found[-1]
        skipped = count_before(search, stretch, members[0]) if is_cut_before else 0
        made.append(Group(values, [one.pk for one in members], not (is_cut_before or is_cut_after), skipped))
    return made


def count_before(search: PartSearch, stretch: Stretch, first: Found) -> int:
    """Those alike that the index has before one of them."""
    walk = stretch.walk
    equal = [Sql(f"{t.expression} = %s", (value,)) for t, value in zip(walk.terms, first.values, strict=True)]
    earlier = beyond(Term(walk.tie.expression, not walk.tie.is_descending), first.tie)
    return counted(search, stretch, [*equal, earlier])


def in_full_order(search: PartSearch, pks: Sequence[int]) -> list[int]:
    """These runs, sorted."""
    ordering: Ordering = search.ordering
    joins, order = ordering.joined()
    select = Sql(f"SELECT runs_run.id FROM runs_run{joins.text} WHERE", joins.params)
    found = search.recorder.rows(
        "Sort runs that are alike", select, in_values("runs_run.id", pks), Sql(f"ORDER BY {order}")
    )
    return [pk for (pk,) in found]
