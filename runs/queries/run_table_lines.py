"""The run table as data: every run that matches, values as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from runs.models import KeyKind
from runs.queries.run_cells import column_values, stored_values, table_runs
from runs.queries.run_columns import COUNTS, Column, Experiments, default_columns, find_columns, key_uses
from runs.queries.run_order import find_sorts
from runs.queries.run_scope import scope_of
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import RunTableSearch, table_search
from runs.search.identifiers import LAST
from runs.search.keyset import position_of
from trackui.exports.tables import Column as FileColumn
from trackui.exports.tables import Kind, Table, columns
from trackui.search.errors import SearchSyntaxError

EVERY_KEY = ("all",)  # `?columns=all`
MOST_KEYS = 5000
IDS_AT_ONCE = 20_000
ROWS_AT_ONCE = 500

RUN_COLUMNS = columns(
    run_id="text", run_name="text", status="text", user_id="text", start_time="time", duration_s="number"
)
EXPERIMENT_COLUMN = FileColumn("experiment")


def run_table_file(experiments: Experiments, options: RunTableOptions, *, is_typed: bool = False) -> Table:
    """A row for each run that matches; memory does not grow with their number.

    `is_typed`: params that are numbers in all runs of the experiments are numbers, not as they were written.
    SearchSyntaxError where the filter cannot be read.
    """
    scope = scope_of(experiments)
    keyed = [
        column
        for column in _columns(scope, options)
        if (column.kind is not None or column.is_computed) and not column.is_line
    ]
    if not is_typed:
        keyed = [replace(column, is_numeric=False) for column in keyed]
    search = table_search(scope, options, find_sorts(scope, options.order))
    if isinstance(search, SearchSyntaxError):
        raise search
    whose = () if scope.is_single else (EXPERIMENT_COLUMN,)
    made = [FileColumn(column.spec, kind_of(column)) for column in keyed]
    return Table("runs", (*RUN_COLUMNS[:2], *whose, *RUN_COLUMNS[2:], *made), _rows(search, keyed, not scope.is_single))


def kind_of(column: Column) -> Kind:
    if column.kind is None:
        return Kind.INTEGER
    if column.kind != KeyKind.METRIC:
        return Kind.NUMBER if column.is_numeric else Kind.TEXT
    return Kind.INTEGER if column.stat in COUNTS else Kind.NUMBER


def _columns(experiments: Experiments, options: RunTableOptions) -> list[Column]:
    if options.columns == EVERY_KEY:
        uses = key_uses(experiments, at_most=MOST_KEYS)
        return [use.column(LAST if use.kind == KeyKind.METRIC else "") for use in uses]
    return find_columns(experiments, options.columns) if options.columns else default_columns(experiments)


def _rows(search: RunTableSearch, keyed: Sequence[Column], says_whose: bool) -> Iterator[list]:
    position = None
    while pks := search.pks(limit=IDS_AT_ONCE, position=position):
        for start in range(0, len(pks), ROWS_AT_ONCE):
            yield from _rows_of(pks[start : start + ROWS_AT_ONCE], keyed, says_whose)
        if len(pks) < IDS_AT_ONCE:
            return
        position = position_of("runs_run", search.ordering.terms, pks[-1])


def _rows_of(pks: Sequence[int], keyed: Sequence[Column], says_whose: bool) -> Iterator[list]:
    runs = table_runs(pks, with_experiment=says_whose)
    values = [
        [_as_number(value) for value in of_column] if column.is_numeric else of_column
        for column, found in stored_values(pks, keyed)
        for of_column in [column_values(runs, column, found)]
    ]
    for position, run in enumerate(runs):
        whose = (run.experiment.name,) if says_whose else ()
        seconds = None if run.duration is None else run.duration / 1000
        yield [
            run.run_id, run.name, *whose, run.status, run.user_id, run.start_time, seconds,
            *(of_column[position] for of_column in values),
        ]  # fmt: skip


def _as_number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:  # logged since the columns were looked at
        return None
