"""The numbers behind figures as tables, to look at and to take away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from runs.queries.explore import DataTable, RunValues
from runs.queries.value_columns import ValueColumn
from trackui.exports.tables import Column, Kind

RUN = (Column("run_id"), Column("run_name"))


def runs_table(
    values: RunValues,
    columns: Sequence[ValueColumn],
    shown: np.ndarray,
    *,
    more: Sequence[tuple[Column, Sequence]] = (),
) -> DataTable:
    """A row a run, in order: its values as stored, and what `more` says of it, in the order of `shown`."""
    columns = list({column.spec: column for column in columns}.values())

    def rows() -> Iterator[list]:
        places = values.in_order(shown)
        positions = shown[places].tolist()
        for place, at, named in zip(places.tolist(), positions, values.named(positions), strict=True):
            yield [*named, *(value_at(column, at) for column in columns), *(of[place] for _, of in more)]

    heads = (*RUN, *(Column(column.spec, kind_of(column)) for column in columns), *(column for column, _ in more))
    return DataTable(heads, rows, len(shown), of_runs=True)


def kind_of(column: ValueColumn) -> Kind:
    if column.is_time:
        return Kind.TIME
    return Kind.NUMBER if column.texts is None else Kind.TEXT


def value_at(column: ValueColumn, at: int) -> float | int | str | None:
    if not column.is_set[at]:
        return None
    if column.texts is not None:
        return column.texts[at]
    value = float(column.numbers[at])
    return int(value) if column.is_time else value
