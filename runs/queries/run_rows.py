"""Rows of runs under chosen columns: what every table of runs shows, whichever page it stands on.

Templates: `runs/_run_heads.html` and `runs/_run_rows.html`, which need nothing but a RunRows named `table`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import Direction, KeyKind, Run
from runs.queries.run_cells import Cell, cells, column_values, is_figures, stored_values, table_runs
from runs.queries.run_columns import COUNTS, EXPERIMENT, LINE, STEPS, Column, Experiments
from runs.queries.run_families import Member
from runs.queries.run_scope import scope_of
from runs.search.families import BestChild


@dataclass(frozen=True, slots=True)
class Head:
    """A column with what its page of values decides: figures stand on the right, under each other.

    `way`: of a metric, which way it is better. `is_constant`: a param or tag that says the same of all rows, or nothing
    of any. `pin`: from 1, its place among the columns that stay when the table is scrolled sideways; 0 for the others.
    """

    column: Column
    is_figures: bool
    way: DirectionOfMetric | None = None
    is_constant: bool = False
    pin: int = 0

    @property
    def direction(self) -> Direction | None:
        return self.way and self.way.direction

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
    """`order`: the clauses in force, for the heads; `is_sortable`: whether the heads are links that sort.

    `folded`: columns left out since they are constant, each with what it says; `empty`: those that say nothing.
    """

    heads: list[Head]
    rows: list[Row]
    groups: list[tuple[str, int]]
    order: Sequence[str] = ()
    is_sortable: bool = False
    folded: Sequence[tuple[str, Cell]] = ()
    empty: Sequence[str] = ()


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
    ways = ways_of(columns, experiments)
    runs = table_runs(shown, with_experiment=any(column.key == EXPERIMENT for column in columns if not column.kind))
    values = [column_values(runs, column, found) for column, found in stored_values(shown, columns)]
    heads = [
        Head(
            column,
            is_figures(column, of_column),
            ways.get(column.spec),
            column.kind in (KeyKind.PARAM, KeyKind.TAG) and len(set(of_column)) == 1,
        )
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


def without_constants(shown: RunRows, *, unless_differing: Collection[Column], kept: Collection[Column]) -> RunRows:
    """Columns that tell no run from another become a line above the table.

    `unless_differing`: such as are only shown where they do, also in a single row; `kept` ones are never left out.
    """
    is_alone = sum(bool(row.cells) for row in shown.rows) < 2

    def is_folded(head: Head) -> bool:
        is_candidate = head.column in unless_differing if is_alone else head.is_constant
        return is_candidate and head.column not in kept

    places = [at for at, head in enumerate(shown.heads) if not is_folded(head)]
    if len(places) == len(shown.heads):
        return shown
    first = next((row.cells for row in shown.rows if row.cells), [])
    constant = [(head, cell) for head, cell in first if is_folded(head)]
    heads = [shown.heads[at] for at in places]
    return replace(
        shown,
        heads=heads,
        groups=groups_of([head.column for head in heads]),
        rows=[replace(row, cells=[row.cells[at] for at in places]) if row.cells else row for row in shown.rows],
        folded=[(head.column.key, cell) for head, cell in constant if cell.is_set],
        empty=[head.column.key for head, cell in constant if not cell.is_set],
    )


def with_pins(shown: RunRows, pinned: int) -> RunRows:
    """The first columns, so many, stay when the table is scrolled."""
    heads = [replace(head, pin=at + 1) if at < pinned else head for at, head in enumerate(shown.heads)]
    rows = [
        replace(row, cells=[(head, cell) for head, (_, cell) in zip(heads, row.cells, strict=True)])
        if row.cells
        else row
        for row in shown.rows
    ]
    return replace(shown, heads=heads, rows=rows)


def without_rows(columns: Sequence[Column]) -> RunRows:
    """The heads alone."""
    return RunRows([Head(column, column.kind == KeyKind.METRIC) for column in columns], [], groups_of(columns))


def directions_of(columns: Sequence[Column], experiments: Experiments) -> dict[str, Direction]:
    """By spec, for metrics whose direction is declared or guessed. One statement."""
    return {spec: way.direction for spec, way in ways_of(columns, experiments).items() if way.direction is not None}


def ways_of(columns: Sequence[Column], experiments: Experiments) -> dict[str, DirectionOfMetric]:
    """By spec, for all numbers of metrics that may be better or worse. One statement."""
    metrics = [column for column in columns if column.kind == KeyKind.METRIC and column.stat not in (*COUNTS, LINE)]
    only = scope_of(experiments).only
    known = directions(only, [column.key for column in metrics]) if metrics else {}
    return {column.spec: known[column.key] for column in metrics}


def groups_of(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Neighbours of one kind under one heading: [("", 2), ("Metrics", 3), ("Params", 5)]."""
    groups: list[tuple[str, int]] = []
    for column in columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups
