"""A table as a request to a scorer, and its answer as columns."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

CONTENT_TYPE = "application/json"
PREDICTION = "prediction"


class BadAnswer(Exception):
    """What the model gave does not belong to the rows it was given."""


def question(table: pa.Table) -> bytes:
    """The body of a request, each value as exact as it is."""
    columns = [values_of(column) for column in table.columns]
    body = {"dataframe_split": {"columns": table.column_names, "data": list(zip(*columns, strict=True))}}
    if any(has_infinity(column) for column in table.columns):
        return json.dumps(msgspec.to_builtins(body)).encode()  # which writes Infinity as scorers read it
    return msgspec.json.encode(body)


def values_of(column: pa.ChunkedArray) -> list:
    """Missing numbers as null, decimals as numbers, and times as they are, to the nanosecond."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.string())
    if is_number(column) and not column.null_count:
        values = column.to_numpy()
        if values.dtype.kind != "f" or not np.isnan(values).any():
            return values.tolist()
    return [None if isinstance(value, float) and math.isnan(value) else value for value in column.to_pylist()]


def has_infinity(column: pa.ChunkedArray) -> bool:
    """Or may have some within its lists."""
    if pa.types.is_nested(column.type):
        return True
    return pa.types.is_floating(column.type) and bool(np.isinf(column.to_numpy()).any())


def is_number(column: pa.ChunkedArray) -> bool:
    return pa.types.is_integer(column.type) or pa.types.is_floating(column.type)


def answered(body: bytes, rows: int, *, taken: Sequence[str]) -> pa.Table:
    """The predictions as columns: `prediction`, or those of a model that gives a table.

    `taken`: names of columns that stand beside them.
    """
    content = json.loads(body)
    found = content.get("predictions") if isinstance(content, dict) and "predictions" in content else content
    columns = columns_of(found)
    wrong = next((len(values) for values in columns.values() if len(values) != rows), None)
    if wrong is not None:
        raise BadAnswer(f"The model gave {wrong:,} predictions for {rows:,} rows.")
    taken = list(taken)
    found = {}
    try:
        for name, values in columns.items():
            taken.append(free_name(name, taken))
            found[taken[-1]] = values
        return pa.table(found)
    except (pa.ArrowException, OverflowError) as error:
        raise BadAnswer(f"The predictions make no column: {error}") from None


def columns_of(found: object) -> dict[str, list]:
    if isinstance(found, dict) and all(isinstance(values, list) for values in found.values()):
        return found
    if not isinstance(found, list):
        raise BadAnswer(f"The model gave no list of predictions, but {type(found).__name__}.")
    if found and all(isinstance(value, dict) for value in found):
        names = list(dict.fromkeys(name for value in found for name in value))
        return {name: [value.get(name) for value in found] for name in names}
    return {PREDICTION: found}


def free_name(name: str, taken: Sequence[str]) -> str:
    """A column of the predictions called as one of the inputs gets a prefix."""
    while name in taken:
        name = f"{PREDICTION}_{name}"
    return name
