"""Chosen values of many runs as arrays: what figures and statistics over whole sets of runs are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runs.models import KeyKind
from runs.queries.run_columns import Column
from runs.search.identifiers import AGGREGATES, LAST
from trackui.db import fetch_all
from trackui.search.sql import among

# From so many different numbers on, a param that is a text in some runs is still drawn by its numbers.
MANY_NUMBERS = 12
NUMBERS = {"start_time": "start_time", "end_time": "end_time", "duration": "end_time - start_time"}
TIMES = ("start_time", "end_time")
MILLISECONDS = 1000


@dataclass(frozen=True)
class ValueColumn:
    """One value of each run, in the order of the runs asked for.

    `numbers`: NaN where it is not set, a text or NaN itself. `texts`: as stored, None where it is not set; there are
    none of metrics and times. Durations are in seconds, as in filters; times in milliseconds.
    """

    column: Column
    is_set: np.ndarray
    numbers: np.ndarray
    texts: np.ndarray | None = None

    @property
    def spec(self) -> str:
        return self.column.spec

    @property
    def label(self) -> str:
        """`val_acc`, `val_acc max`, `Duration (s)`."""
        column = self.column
        if column.kind == KeyKind.METRIC and column.stat != LAST:
            return f"{column.key} {column.stat}"
        return f"{column.label} (s)" if column.spec == "duration" else column.label

    @property
    def is_time(self) -> bool:
        return self.column.kind is None and self.column.key in TIMES

    @cached_property
    def is_finite(self) -> np.ndarray:
        return np.isfinite(self.numbers)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether it goes along an axis of numbers: all of it does, or most of it and it has many values."""
        if self.texts is None:
            return True
        numbers, values = int(self.is_finite.sum()), int(self.is_set.sum())
        if not numbers or 2 * numbers < values:
            return False
        return numbers == values or len(np.unique(self.numbers[self.is_finite])) >= MANY_NUMBERS

    def taken(self, positions: np.ndarray) -> ValueColumn:
        """The same of some of the runs: positions, or a mask."""
        texts = None if self.texts is None else self.texts[positions]
        return ValueColumn(self.column, self.is_set[positions], self.numbers[positions], texts)


def value_columns(pks: Sequence[int], columns: Sequence[Column]) -> list[ValueColumn]:
    """One statement a column, by the keys of the runs: what others have costs nothing."""
    ids = np.array(pks, dtype="i8")
    places = Places(ids)
    return [_read(column, ids, places) for column in columns]


class Places:
    """Where a run stands in the order asked for."""

    def __init__(self, pks: np.ndarray) -> None:
        self.order = np.argsort(pks)
        self.sorted = pks[self.order]

    def of(self, pks: np.ndarray) -> np.ndarray:
        return self.order[np.searchsorted(self.sorted, pks)]


def _read(column: Column, pks: np.ndarray, places: Places) -> ValueColumn:
    rows = fetch_all(*_statement(column, pks)) if len(pks) else []
    is_set, numbers = np.zeros(len(pks), dtype=bool), np.full(len(pks), np.nan)
    has_texts = column.kind in (KeyKind.PARAM, KeyKind.TAG) or (column.kind is None and column.key not in NUMBERS)
    texts = np.full(len(pks), None, dtype=object) if has_texts else None
    if rows:
        found, values, *read_texts = zip(*rows, strict=True)
        at = places.of(np.array(found, dtype="i8"))
        is_set[at] = True
        numbers[at] = np.array(values, dtype="f8")  # None becomes NaN
        if texts is not None:
            texts[at] = read_texts[0]
    if column.kind is None and column.key in NUMBERS:
        return of_attribute(column, is_set, numbers)
    return ValueColumn(column, is_set, numbers, texts)


def of_attribute(column: Column, is_set: np.ndarray, milliseconds: np.ndarray) -> ValueColumn:
    """Times, and durations in seconds; a run that goes on has no end."""
    if column.key == "start_time":
        return ValueColumn(column, is_set, milliseconds)
    numbers = milliseconds / MILLISECONDS if column.key == "duration" else milliseconds
    return ValueColumn(column, np.isfinite(numbers), numbers)


def _statement(column: Column, pks: np.ndarray) -> tuple[str, tuple]:
    """Rows of run, number and, where it has one, text."""
    if column.kind is None:
        runs = among("id", pks.tolist())
        selected = NUMBERS.get(column.key) or f"NULL, {column.key}"
        return f"SELECT id, {selected} FROM runs_run WHERE {runs.text}", runs.params
    runs = among("run_id", pks.tolist())
    table, selected = _stored(column)
    return f"SELECT run_id, {selected} FROM {table} WHERE key_id = %s AND {runs.text}", (column.key_id, *runs.params)


def _stored(column: Column) -> tuple[str, str]:
    if column.kind == KeyKind.PARAM:
        return "runs_param", "number, value"
    if column.kind == KeyKind.TAG:
        return "runs_runtag", "NULL, value"
    aggregate = AGGREGATES[column.stat or LAST]
    number = aggregate.column
    if aggregate.nan_flag:
        number = f"CASE WHEN {aggregate.nan_flag} THEN NULL ELSE {number} END"
    return "runs_metricsummary", number
