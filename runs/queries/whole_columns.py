"""Chosen values of all runs of an experiment, or most of them, as arrays: along indexes, many runs in one value.

What `value_columns` reads a row a run, which takes six times as long.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runs.ingest.batch import number_in
from runs.models import KeyKind
from runs.queries.group_members import Members, id_list, ids_in
from runs.queries.group_metrics import metric_of_all, number_pairs
from runs.queries.group_texts import TextRuns, runs_by_text
from runs.queries.group_values import INDEXES, TABLES
from runs.queries.run_columns import Column
from runs.queries.value_columns import NUMBERS, ValueColumn, of_attribute, value_columns
from runs.search.scope import equal_or_in
from trackui.db import fetch_all
from trackui.search.sql import INDEXED_CHARACTERS, Sql, all_of


def whole_columns(members: Members, columns: Sequence[Column]) -> list[ValueColumn]:
    """In the order of the members: equal to what `value_columns` reads. At most three statements a column."""
    if not members.is_large:
        return value_columns(members.pks.tolist(), columns)
    return [_read(members, column) for column in columns]


def _read(members: Members, column: Column) -> ValueColumn:
    if column.kind == KeyKind.METRIC:
        return _metric(members, column)
    if column.kind is None and column.key in NUMBERS:
        return _times(members, column)
    if column.kind is None:
        return _texts(members, column, _attribute_runs(members, column))
    where = all_of([_scope(members), Sql("key_id = %s", (column.key_id,))])
    is_one = len(members.experiments) == 1
    found = list(runs_by_text(TABLES[column.kind], INDEXES[column.kind], where, is_one_experiment=is_one))
    if any(len(text) >= INDEXED_CHARACTERS for text, _ in found):
        # The index does not hold all of them.
        return value_columns(members.pks.tolist(), [column])[0]
    return _texts(members, column, found)


def _scope(members: Members) -> Sql:
    return equal_or_in("experiment_id", members.experiments)


def _metric(members: Members, column: Column) -> ValueColumn:
    found = metric_of_all(members, column)
    is_set, numbers = np.zeros(len(members), dtype=bool), np.full(len(members), np.nan)
    is_set[found.places], numbers[found.places] = True, found.values
    return ValueColumn(column, is_set, numbers)


def _times(members: Members, column: Column) -> ValueColumn:
    scope, number = _scope(members), NUMBERS[column.key]
    pks, read = number_pairs(
        number, f"FROM runs_run WHERE {scope.text} AND ({number}) IS NOT NULL", scope.params, id_column="id"
    )
    places = members.positions(pks)
    numbers = np.full(len(members), np.nan)
    numbers[places[places >= 0]] = read[places >= 0]
    return of_attribute(column, np.ones(len(members), dtype=bool), numbers)


def _attribute_runs(members: Members, column: Column) -> TextRuns:
    scope = _scope(members)
    rows = fetch_all(
        f"SELECT {column.key}, {id_list('id')} FROM runs_run WHERE {scope.text} GROUP BY {column.key}", scope.params
    )
    return [(text, ids_in(ids)) for text, ids in rows]


def _texts(members: Members, column: Column, found: TextRuns) -> ValueColumn:
    is_set, numbers = np.zeros(len(members), dtype=bool), np.full(len(members), np.nan)
    texts = np.full(len(members), None, dtype=object)
    for text, pks in found:
        places = members.positions(pks)
        places = places[places >= 0]
        is_set[places], texts[places] = True, text
        if column.kind == KeyKind.PARAM and (number := number_in(text)) is not None:
            numbers[places] = number
    return ValueColumn(column, is_set, numbers, texts)
