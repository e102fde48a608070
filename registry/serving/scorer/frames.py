"""Data frames from requests, and what a model with columns takes of them.

Needs pandas. As MLflow does: columns in the order of the signature, others left out, missing ones refused when they are
required; a text is converted to a number when it reads as one.
"""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from .casting import Lossy, cast_array, decoded, mismatch
from .errors import ScoringError, bad_request, kind_of, quote
from .nested import nested_value
from .schema import Field, Schema, Type

# Cells of a table that are not sent but made: a few long rows, or columns that each row has of its own, make many.
MOST_MADE_UP = 20_000_000
# Columns cost far more than cells; a model that takes more may be sent twice its own.
MOST_COLUMNS = 20_000


def frame_from_split(content: object, schema: Schema | None) -> pd.DataFrame:
    if not isinstance(content, dict):
        raise bad_request(f"dataframe_split must be an object, not {kind_of(content)}.")
    if "data" not in content or not content.keys() <= {"columns", "index", "data"}:
        raise bad_request(
            f"dataframe_split must have data, and may have columns and index; it has {quote([*content])}."
        )
    check_cells(content["data"], "dataframe_split")
    columns = content.get("columns")
    check_width(len(columns) if isinstance(columns, list) else 0, schema)
    try:
        return pd.DataFrame(content["data"], index=content.get("index"), columns=content.get("columns"))
    except Exception as error:  # pandas raises many kinds for shapes that do not fit
        raise bad_request(f"dataframe_split is no table: {error}") from None


def frame_from_records(content: object) -> pd.DataFrame:
    if not isinstance(content, list):
        raise bad_request(f"dataframe_records must be a list of records, not {kind_of(content)}.")
    check_cells(content, "dataframe_records")
    try:
        return pd.DataFrame(content)
    except Exception as error:
        raise bad_request(f"dataframe_records is no table: {error}") from None


def frame_from_csv(text: str, schema: Schema | None) -> pd.DataFrame:
    """Columns of the signature are read as their type, a date as text first."""
    dtypes = {}
    if schema is not None and not schema.is_tensor:
        named = zip(schema.names, schema.fields, strict=True)
        dtypes = {name: csv_dtype(field.type) for name, field in named if field.type.is_scalar}
    try:
        names = next(filter(None, csv.reader(io.StringIO(text, newline=""))), [])
    except csv.Error as error:
        raise bad_request(f"The body is no CSV table: {error}") from None
    check_width(len(names), schema)
    lines = max(text.count("\n"), text.count("\r")) + 1
    refuse_made_up(len(names) * lines - text.count(",") - lines, "The body")
    try:
        return pd.read_csv(io.StringIO(text), dtype=dtypes)
    except Exception as error:
        raise bad_request(f"The body is no CSV table of the model's columns: {error}") from None


def check_cells(rows: object, called: str) -> None:
    """Rows of unequal length, or with keys of their own, are filled up to the same columns."""
    if not isinstance(rows, list):
        return
    rows = [row for row in rows if isinstance(row, (list, dict))]
    widest = max((len(row) for row in rows if isinstance(row, list)), default=0)
    keys = {key for row in rows if isinstance(row, dict) for key in row}
    refuse_made_up(len(rows) * max(widest, len(keys)) - sum(map(len, rows)), called)


def refuse_made_up(count: int, called: str) -> None:
    if count > MOST_MADE_UP:
        raise bad_request(f"{called} is a table with {count:,} empty cells; at most {MOST_MADE_UP:,} are taken.")


def check_width(count: int, schema: Schema | None) -> None:
    if schema is not None and not schema.is_tensor and count > max(MOST_COLUMNS, 2 * len(schema.fields)):
        raise bad_request(f"The table has {count:,} columns, and the model takes {len(schema.fields):,}.")


def csv_dtype(type: Type) -> object:
    return object if type.name in ("string", "binary", "datetime") else type.dtype


def frame_of(data: object, schema: Schema) -> pd.DataFrame:
    """`inputs` or `instances`, already of the declared types, as a table: a mapping by columns, or by one row."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, dict) and is_row(data, schema):
        data = [data]
    elif isinstance(data, dict):
        data = {name: values.tolist() if np.ndim(values) > 1 else values for name, values in data.items()}
    elif data is None or np.isscalar(data):
        data = [data]
    check_cells(data, "The input")
    try:
        return pd.DataFrame(data)
    except Exception as error:
        raise ScoringError(f"The model takes columns, and what was sent cannot be made into a table: {error}") from None


def is_row(data: dict, schema: Schema) -> bool:
    if any(field.type.name in ("array", "object") for field in schema.fields):
        return True
    return all(
        value is None
        or np.isscalar(value)
        or (isinstance(value, np.ndarray) and value.shape == ())
        or (isinstance(value, list) and all(isinstance(item, str) for item in value))
        for value in data.values()
    )


def conform(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """What the model takes of `frame`: its columns, in its order, of its types. One copy of the data."""
    if not schema.has_names:
        if len(frame.columns) < len(schema.fields):
            wanted, given = len(schema.fields), len(frame.columns)
            raise ScoringError(f"The model takes {wanted} columns, which have no names, and {given} were sent.")
        frame = frame.iloc[:, : len(schema.fields)]
        parts = {name: cast(frame.iloc[:, i], schema.fields[i]) for i, name in enumerate(frame.columns)}
        return pd.DataFrame(parts, index=frame.index)
    check_columns(list(frame.columns), schema)
    present = set(frame.columns)
    parts = {name: cast(frame[name], field) for name, field in schema.by_name.items() if name in present}
    return pd.DataFrame(parts, index=frame.index)


def check_columns(given: list, schema: Schema) -> None:
    """Missing ones are named, and with them those that were sent for no use: often one is the other, misspelt."""
    present = set(given)
    missing = [name for name in schema.required_names if name not in present]
    if missing:
        extra = [name for name in given if name not in schema.by_name]
        also = f" These were sent, and are not in its signature: {quote(extra)}." if extra else ""
        raise ScoringError(f"The model is missing the columns {quote(missing)}.{also}")
    if len(present) < len(given):
        twice = [name for name in schema.names if given.count(name) > 1]
        if twice:
            raise ScoringError(f"These columns were sent twice: {quote(twice)}.")


def cast(values: pd.Series, field: Field) -> pd.Series:
    """One column made into the type of `field`."""
    type, name = field.type, values.name
    if type.name == "any":
        return values
    if not type.is_scalar:
        made = [nested_value(v, type, required=field.required, where=f"Column {quote(name)}") for v in values]
        return pd.Series(made, index=values.index, name=name, dtype=object)
    try:
        return scalar_column(values, type)
    except (ValueError, TypeError, OverflowError):
        raise mismatch(name, values.tolist(), type, lambda value: not is_castable(value, type)) from None


def scalar_column(values: pd.Series, type: Type) -> pd.Series:
    if type.name == "string":
        return values if isinstance(values.dtype, pd.StringDtype) else values.astype(object)
    if type.name == "binary":
        return values.map(lambda value: decoded(value) if not isinstance(value, bytes) else value).astype(object)
    if type.name == "datetime":
        return datetimes(values)
    if isinstance(values.dtype, np.dtype):
        array = values.to_numpy()
    else:  # pandas' own types: texts, nullable numbers
        array = values.astype(object).to_numpy()
    return pd.Series(cast_array(array, type.dtype), index=values.index, name=values.name)


def datetimes(values: pd.Series) -> pd.Series:
    """Texts in any form pandas knows, and numbers as nanoseconds since 1970; without a time zone."""
    parsed = values if values.dtype.kind == "M" else pd.to_datetime(values)
    if parsed.dtype.kind != "M" or getattr(parsed.dtype, "tz", None) is not None:
        raise Lossy
    return parsed.astype("datetime64[ns]")


def is_castable(value: object, type: Type) -> bool:
    try:
        scalar_column(pd.Series([value], dtype=object), type)
    except (ValueError, TypeError, OverflowError):
        return False
    return True
