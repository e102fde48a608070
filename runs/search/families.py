"""Runs and the runs they are children of: families, each told by its root, the run that has no parent in scope."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.search.compiler import Condition, Conjunct
from runs.search.identifiers import Aggregate
from runs.search.ordering import Ordering
from runs.search.scope import in_scope
from trackui.db import fetch_all, is_sqlite
from trackui.search.sql import TRUE, Sql, all_of, among, any_of, indexed_by

# Django's name for the index of Run.parent.
PARENT_INDEX = "runs_run_parent_id_8594b290"
# Further down than this below a root, a match does not bring up parents that do not match.
LEVELS = 3


@dataclass(frozen=True, slots=True)
class Child:
    """`place`: where it stands among the children of its parent that match or lead to a match, from 1 of `count`."""

    pk: int
    parent: int
    place: int
    count: int


def links_to(pks: Iterable[int], experiments: Sequence[int], stages: Sequence[str]) -> dict[int, int | None]:
    """Run -> parent, for the runs and all they come from; None for a root. A statement a level."""
    links: dict[int, int | None] = {}
    wanted = set(pks)
    while wanted:
        rows = fetch_all(
            *_bound(
                Sql(
                    "SELECT r.id, p.id FROM runs_run r LEFT JOIN runs_run p ON p.id = r.parent_id AND p.id <> r.id AND"
                ),
                _of(in_scope(experiments, stages), "p"),
                Sql("WHERE"),
                among("r.id", sorted(wanted)),
            )
        )
        links.update(rows)
        wanted = {parent for _, parent in rows if parent is not None} - links.keys()
    return links


def roots_only(condition: Condition, experiments: Sequence[int], stages: Sequence[str]) -> Condition:
    """The roots that satisfy a condition, or have below them what does."""
    scope = in_scope(experiments, stages)
    parent = _of(scope, "p").wrapped(
        "EXISTS (SELECT 1 FROM runs_run p WHERE p.id = runs_run.parent_id AND p.id <> runs_run.id AND ", ")"
    )
    is_root = parent.wrapped("(runs_run.parent_id IS NULL OR NOT ", ")")
    found = [Conjunct(is_root)]
    if not condition.is_empty:
        found.append(Conjunct(_here_or_below(condition.where, scope, "runs_run", LEVELS)))
    return Condition(tuple(found), condition.fields)


def all_roots(
    condition: Condition, experiments: Sequence[int], stages: Sequence[str], *, at_most: int
) -> list[int] | None:
    """The roots of `roots_only`, in no order; None where they are more than `at_most`. One walk over the runs."""
    found = fetch_all(
        *_bound(
            Sql(f"SELECT runs_run.id FROM runs_run{indexed_by('run_newest')} WHERE"),
            in_scope(experiments, stages),
            Sql("AND"),
            roots_only(condition, experiments, stages).where,
            Sql("LIMIT %s", (at_most + 1,)),
        )
    )
    return None if len(found) > at_most else [pk for (pk,) in found]


def children_of(
    parents: Sequence[int],
    condition: Condition,
    ordering: Ordering,
    *,
    experiments: Sequence[int],
    stages: Sequence[str],
    at_most: int,
) -> list[Child]:
    """The first children of each, in order, of those that match or have below them what does. Three statements."""
    if not parents:
        return []
    scope = in_scope(experiments, stages)
    joins, order = ordering.joined()
    shown = TRUE if condition.is_empty else _here_or_below(condition.where, scope, "runs_run", LEVELS - 1)
    where = all_of([Sql("runs_run.parent_id <> runs_run.id"), scope, shown])
    source = f"runs_run{indexed_by(PARENT_INDEX)}"
    first = _bound(
        Sql(f"SELECT runs_run.id FROM {source}{joins.text} WHERE runs_run.parent_id = p.value AND", joins.params),
        where,
        Sql(f"ORDER BY {order} LIMIT %s", (at_most,)),
    )
    found = dict(_of_each(parents, *first))
    counts = dict(
        fetch_all(
            *_bound(
                Sql(f"SELECT runs_run.parent_id, COUNT(*) FROM {source} WHERE"),
                all_of([among("runs_run.parent_id", parents), where]),
                Sql("GROUP BY 1"),
            )
        )
    )
    places: Counter[int] = Counter()
    children = []
    for pk in in_order(list(found), ordering):
        parent = found[pk]
        places[parent] += 1
        children.append(Child(pk, parent, places[parent], counts.get(parent, places[parent])))
    return children


def _of_each(parents: Sequence[int], select: str, params: Sequence) -> list[tuple[int, int]]:
    """What a statement selects for each parent, named p.value, with the parent."""
    if is_sqlite():
        text = f"SELECT c.id, p.value FROM json_each(%s) p CROSS JOIN runs_run c WHERE c.id IN ({select})"
        return fetch_all(text, (json.dumps(list(parents)), *params))
    text = f"SELECT c.id, p.value FROM UNNEST(%s::bigint[]) p(value) CROSS JOIN LATERAL ({select}) c"
    return fetch_all(text, (list(parents), *params))


def in_order(pks: Sequence[int], ordering: Ordering) -> list[int]:
    """These runs in order. One statement."""
    joins, order = ordering.joined()
    where = among("runs_run.id", pks)
    text = f"SELECT runs_run.id FROM runs_run{joins.text} WHERE {where.text} ORDER BY {order}"
    return [pk for (pk,) in fetch_all(text, (*joins.params, *where.params))]


@dataclass(frozen=True, slots=True)
class BestChild:
    pk: int
    run_id: str
    name: str
    value: float


def best_children(
    parents: Sequence[int],
    condition: Condition,
    *,
    key: int,
    aggregate: Aggregate,
    is_higher_better: bool,
    experiments: Sequence[int],
    stages: Sequence[str],
) -> dict[int, BestChild]:
    """By parent: the child that matches with the best number of a metric, the newest of equals. One statement."""
    if not parents:
        return {}
    column, direction = f"v.{aggregate.column}", "DESC" if is_higher_better else "ASC"
    is_number = f"v.{aggregate.nan_flag} = FALSE" if aggregate.nan_flag else f"{column} IS NOT NULL"
    ranked = (
        f"{column} AS value, ROW_NUMBER() OVER (PARTITION BY runs_run.parent_id ORDER BY {column} {direction},"
        " runs_run.start_time DESC, runs_run.run_id) AS place"
    )
    source = f"runs_run{indexed_by(PARENT_INDEX)} CROSS JOIN runs_metricsummary v"
    rows = fetch_all(
        *_bound(
            Sql("SELECT parent_id, id, run_id, name, value FROM"),
            Sql(
                f"(SELECT runs_run.parent_id, runs_run.id, runs_run.run_id, runs_run.name, {ranked} FROM {source} WHERE"
            ),
            Sql(f"v.run_id = runs_run.id AND v.key_id = %s AND {is_number} AND", (key,)),
            all_of([among("runs_run.parent_id", parents), in_scope(experiments, stages), condition.where]),
            Sql(") children WHERE place = 1"),
        )
    )
    return {parent: BestChild(*rest) for parent, *rest in rows}


def matching_among(pks: Sequence[int], condition: Condition) -> set[int]:
    """Those of the runs that satisfy the condition."""
    if condition.is_empty or not pks:
        return set(pks)
    where = all_of([among("runs_run.id", pks), condition.where])
    return {pk for (pk,) in fetch_all(*_bound(Sql("SELECT runs_run.id FROM runs_run WHERE"), where))}


def _here_or_below(where: Sql, scope: Sql, alias: str, levels: int) -> Sql:
    if not levels:
        return _of(where, alias)
    child = f"c{levels}"
    below = all_of([_of(scope, child), _here_or_below(where, scope, child, levels - 1)])
    exists = below.wrapped(
        f"EXISTS (SELECT 1 FROM runs_run {child}{indexed_by(PARENT_INDEX)} WHERE {child}.parent_id = {alias}.id AND ",
        ")",
    )
    return any_of([_of(where, alias), exists])


def _of(where: Sql, alias: str) -> Sql:
    """The condition over runs_run, over another name of it."""
    return Sql(where.text.replace("runs_run.", f"{alias}."), where.params)


def _bound(*parts: Sql) -> tuple[str, list]:
    return " ".join(part.text for part in parts), [param for part in parts for param in part.params]
