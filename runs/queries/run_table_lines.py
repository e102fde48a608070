"""The run table as lines of data: every run that matches, values as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runs.models import KeyKind
from runs.queries.run_cells import column_values, stored_values, table_runs
from runs.queries.run_columns import Column, default_columns, find_columns, key_uses
from runs.queries.run_order import find_sorts
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import RunTableSearch, table_search
from runs.search.identifiers import LAST
from runs.search.keyset import position_of
from trackui.formats import absolute_time
from trackui.search.errors import SearchSyntaxError

EVERY_KEY = ("all",)  # `?columns=all`
MOST_KEYS = 5000
IDS_AT_ONCE = 20_000
ROWS_AT_ONCE = 500


def run_table_lines(experiment_id: int, options: RunTableOptions) -> Iterator[list]:
    """The head line, then a line for each run that matches, values as stored. Memory does not grow with their number.

    SearchSyntaxError comes before the first line.
    """
    columns = [column for column in _columns(experiment_id, options) if column.kind is not None]
    search = table_search(experiment_id, options, find_sorts(experiment_id, options.order))
    if isinstance(search, SearchSyntaxError):
        raise search
    return _lines(search, columns)


def _columns(experiment_id: int, options: RunTableOptions) -> list[Column]:
    if options.columns == EVERY_KEY:
        uses = key_uses(experiment_id, at_most=MOST_KEYS)
        return [Column(use.kind, use.name, LAST if use.kind == KeyKind.METRIC else "", use.key_id) for use in uses]
    return find_columns(experiment_id, options.columns) if options.columns else default_columns(experiment_id)


_LINE_HEAD = ("run_id", "run_name", "status", "user_id", "start_time", "duration_s")


def _lines(search: RunTableSearch, columns: Sequence[Column]) -> Iterator[list]:
    yield [*_LINE_HEAD, *(column.spec for column in columns)]
    position = None
    while pks := search.pks(limit=IDS_AT_ONCE, position=position):
        for start in range(0, len(pks), ROWS_AT_ONCE):
            yield from _lines_of(pks[start : start + ROWS_AT_ONCE], columns)
        if len(pks) < IDS_AT_ONCE:
            return
        position = position_of("runs_run", search.ordering.terms, pks[-1])


def _lines_of(pks: Sequence[int], columns: Sequence[Column]) -> Iterator[list]:
    runs = table_runs(pks)
    values = [column_values(runs, column, found) for column, found in stored_values(pks, columns)]
    for position, run in enumerate(runs):
        seconds = None if run.duration is None else run.duration / 1000
        yield [
            run.run_id, run.name, run.status, run.user_id, absolute_time(run.start_time), seconds,
            *(of_column[position] for of_column in values),
        ]  # fmt: skip
