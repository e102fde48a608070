"""Rows of a table in which children stand under their parents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runs.models import Direction, KeyKind, Run
from runs.queries.run_columns import COUNTS, Column, find_columns
from runs.queries.run_families import Member
from runs.queries.run_order import Sort
from runs.queries.run_rows import Row, RunRows, directions_of, rows_of
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import RunTableSearch
from runs.search.families import BestChild, best_children
from runs.search.identifiers import AGGREGATES
from runs.search.run_search import Total


def family_rows(
    members: Sequence[Member],
    search: RunTableSearch,
    columns: Sequence[Column],
    sorts: Sequence[Sort],
    options: RunTableOptions,
    *,
    baseline: Run | None,
    total: Total,
) -> RunRows:
    """What `rows_of` costs, and a statement or three for the best child of each parent."""
    pks = [member.pk for member in members if not member.is_rest]
    # A parent that does not match is no candidate for the best.
    is_whole = total.number == len(pks) and all(member.is_match for member in members)
    shown = rows_of(pks, columns, search.experiments, marks_best=is_whole, baseline=baseline, is_pinned=False)
    rows = {row.run.pk: row for row in shown.rows}
    parents = [member.pk for member in members if member.children and not member.is_rest]
    best = _best(parents, search, columns, sorts, options)
    beside = [row for row in shown.rows if row.is_baseline and row.run.pk not in pks]
    placed = [_placed(rows[member.pk], member, best) for member in members if member.pk in rows]
    return replace(shown, rows=beside + placed)


def _placed(row: Row, member: Member, best: dict[int, BestChild]) -> Row:
    if member.is_rest:
        return Row(row.run, [], member=member)
    return replace(row, member=member, best_child=best.get(member.pk))


def _best(
    parents: Sequence[int],
    search: RunTableSearch,
    columns: Sequence[Column],
    sorts: Sequence[Sort],
    options: RunTableOptions,
) -> dict[int, BestChild]:
    """By what `best_child=` names; else by the metric sorted by, else the first one shown that can be better."""
    if not parents or options.best_child == "none":
        return {}
    asked = find_columns(search.experiments, [options.best_child]) if options.best_child else []
    candidates = asked or [*(sort.column for sort in sorts), *columns]
    metrics = [column for column in candidates if column.kind == KeyKind.METRIC and column.stat in AGGREGATES]
    better = directions_of(metrics, search.experiments)
    metric = next((column for column in metrics if column.spec in better and column.stat not in COUNTS), None)
    if metric is None:
        return {}
    return best_children(
        parents,
        search.condition,
        key=metric.key_id,
        aggregate=AGGREGATES[metric.stat],
        is_higher_better=better[metric.spec] == Direction.HIGHER,
        experiments=search.experiments,
        stages=tuple(map(str, search.stages)),
    )
