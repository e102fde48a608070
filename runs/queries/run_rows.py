"""Rows of runs under chosen columns: what every table of runs shows, whichever page it stands on.

Templates: `runs/_run_heads.html` and `runs/_run_rows.html`, which need nothing but a RunRows named `table`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.metrics.direction import directions
from runs.models import Direction, KeyKind, Run
from runs.queries.run_cells import Cell, cells, column_values, is_figures, stored_values, table_runs
from runs.queries.run_columns import COUNTS, EXPERIMENT, LINE, STEPS, Column, Experiments
from runs.queries.run_families import Member
from runs.queries.run_scope import scope_of
from runs.search.families import BestChild


@dataclass(frozen=True, slots=True)
class Head:
    """A column with what its page of values decides: figures stand on the right, under each other."""

    column: Column
    is_figures: bool
    direction: Direction | None = None

    @property
    def is_experiment(self) -> bool:
        return self.column.kind is None and self.column.key == EXPERIMENT

    @property
    def how(self) -> str:
        return self.column.how

    @property
    def can_sort(self) -> bool:
        return not self.column.is_line

    @property
    def falls_first(self) -> bool:
        """Whether a first click on it sorts from high to low: what is better, or newer, comes first."""
        if self.column.kind == KeyKind.METRIC:
            return self.direction != Direction.LOWER
        return self.column.kind is None and self.column.key in ("start_time", "end_time", "duration", STEPS)


@dataclass(frozen=True, slots=True)
class Row:
    """`member`: its place in its family, where children stand under their parents."""

    run: Run
    cells: list[tuple[Head, Cell]]
    is_baseline: bool = False
    member: Member | None = None
    best_child: BestChild | None = None

    @property
    def is_live(self) -> bool:
        return not self.run.is_finished


@dataclass(frozen=True, slots=True)
class RunRows:
    """`order`: the clauses in force, for the heads; `is_sortable`: whether the heads are links that sort."""

    heads: list[Head]
    rows: list[Row]
    groups: list[tuple[str, int]]
    order: Sequence[str] = ()
    is_sortable: bool = False


def rows_of(
    pks: Sequence[int],
    columns: Sequence[Column],
    experiments: Experiments,
    *,
    marks_best: bool = False,
    baseline: Run | None = None,
    is_pinned: bool = True,
) -> RunRows:
    """Heads and rows in the order of `pks`. A statement for the runs, one a kind of column, one for directions.

    `marks_best`: these are all runs there are, so that the best of them can be marked. `baseline`: stands first,
    also where it is not among them, and figures say how far they are from its own; not `is_pinned`: where it is one
    of them, it stays in its place.
    """
    shown = list(pks)
    if baseline is not None and (is_pinned or baseline.pk not in shown):
        shown = [baseline.pk, *(pk for pk in shown if pk != baseline.pk)]
    better = directions_of(columns, experiments)
    runs = table_runs(shown, with_experiment=any(column.key == EXPERIMENT for column in columns if not column.kind))
    values = [column_values(runs, column, found) for column, found in stored_values(shown, columns)]
    heads = [
        Head(column, is_figures(column, of_column), better.get(column.spec))
        for column, of_column in zip(columns, values, strict=True)
    ]
    base_at = next((at for at, run in enumerate(runs) if baseline is not None and run.pk == baseline.pk), None)
    is_beside = base_at is not None and baseline.pk not in pks
    written = [
        cells(
            head.column,
            of_column,
            direction=head.direction,
            marks_best=marks_best,
            baseline_at=base_at if is_measured(head.column) else None,
            is_beside=is_beside,
        )
        for head, of_column in zip(heads, values, strict=True)
    ]
    rows = [
        Row(
            run,
            [(head, of_column[position]) for head, of_column in zip(heads, written, strict=True)],
            position == base_at,
        )
        for position, run in enumerate(runs)
    ]
    return RunRows(heads, rows, groups_of(columns))


def is_measured(column: Column) -> bool:
    """Whether its figures are held against those of a baseline."""
    return column.kind == KeyKind.METRIC and column.stat not in (*COUNTS, LINE)


def without_rows(columns: Sequence[Column]) -> RunRows:
    """The heads alone."""
    return RunRows([Head(column, column.kind == KeyKind.METRIC) for column in columns], [], groups_of(columns))


def directions_of(columns: Sequence[Column], experiments: Experiments) -> dict[str, Direction]:
    """By spec, for metrics whose direction is declared or guessed. One statement."""
    metrics = [column for column in columns if column.kind == KeyKind.METRIC and column.stat not in (*COUNTS, LINE)]
    only = scope_of(experiments).only
    known = directions(only, [column.key for column in metrics]) if metrics else {}
    return {column.spec: found for column in metrics if (found := known[column.key].direction) is not None}


def groups_of(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Neighbours of one kind under one heading: [("", 2), ("Metrics", 3), ("Params", 5)]."""
    groups: list[tuple[str, int]] = []
    for column in columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups
