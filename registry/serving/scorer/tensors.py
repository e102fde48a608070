"""What a model with tensors takes: arrays of a dtype and a shape."""

from __future__ import annotations

import numpy as np

from .casting import cast_array
from .errors import ScoringError, kind_of, quote
from .schema import Field, Schema


def conform_tensors(data: object, schema: Schema) -> object:
    """Arrays, a mapping of names to arrays, or a data frame, held against the signature."""
    if not schema.has_names:
        field = schema.fields[0]
        if is_frame(data):
            return unnamed_from_frame(data, field)
        if not isinstance(data, np.ndarray):
            raise ScoringError(f"The model takes one array without a name, not {kind_of(data)}.")
        return checked(data, field)
    if isinstance(data, np.ndarray) and len(schema.fields) == 1:
        data = {schema.names[0]: data}
    if not isinstance(data, dict) and not is_frame(data):
        raise ScoringError(f"The model takes arrays by name: {quote(schema.names)}.")
    missing = [name for name in schema.names if name not in data]
    if missing:
        extra = [name for name in data if name not in schema.by_name]
        also = f" These were sent, and are not in its signature: {quote(extra)}." if extra else ""
        raise ScoringError(f"The model is missing the inputs {quote(missing)}.{also}")
    if is_frame(data):
        return {name: from_column(data[name], field) for name, field in schema.by_name.items()}
    return {name: checked(data[name], field) for name, field in schema.by_name.items()}


def is_frame(data: object) -> bool:
    """Without importing pandas, which may not be there."""
    return hasattr(data, "iloc") and hasattr(data, "columns")


def checked(values: object, field: Field) -> np.ndarray:
    called = called_(field)
    if not isinstance(values, np.ndarray):
        raise ScoringError(f"{called} must be an array, not {kind_of(values)}.")
    wanted, given = field.shape, values.shape
    is_ragged = values.dtype == object and values.ndim == 1
    if wanted == (-1,) and field.dtype == object:
        return values
    if len(wanted) > 1 and -1 in wanted[1:] and is_ragged:
        return values
    if len(wanted) != len(given) or any(size not in (-1, found) for size, found in zip(wanted, given, strict=True)):
        raise ScoringError(f"{called} must have the shape {wanted}, and {given} was sent.")
    # Texts have the length of the longest.
    if values.dtype != field.dtype and not (values.dtype.kind == field.dtype.kind and field.dtype.kind in "US"):
        raise ScoringError(f"{called} must be {field.dtype}, and {values.dtype} was sent.")
    return values


def unnamed_from_frame(frame: object, field: Field) -> np.ndarray:
    if frame.empty:
        raise ScoringError("The table is empty.")
    count = len(frame.columns)
    if count == 1:
        return from_column(frame.iloc[:, 0], field)
    if field.shape != (-1, count):
        raise ScoringError(f"A table of {count} columns has the shape (-1, {count}); the model takes {field.shape}.")
    try:
        return checked(cast_array(frame.to_numpy(), field.dtype), field)
    except (ValueError, TypeError, OverflowError):
        raise ScoringError(f"The values of the table cannot be held as {field.dtype} without loss.") from None


def from_column(column: object, field: Field) -> np.ndarray:
    """A column of scalars, or one of lists: an array whose first dimension is the rows."""
    shape, called = field.shape, called_(field)
    if not shape or shape[0] != -1 or -1 in shape[1:]:
        raise ScoringError(f"{called} has the shape {shape}, which a column of a table cannot be made into.")
    if not len(column):
        raise ScoringError("The table is empty.")
    try:
        first = column.iloc[0]
        if np.isscalar(first):
            if shape not in ((-1,), (-1, 1)):
                raise ScoringError(f"{called} must have the shape {shape}, and a column of single values was sent.")
            made = cast_array(np.array(column.tolist()), field.dtype).reshape(shape)
        else:
            rows = np.array(column.tolist())
            made = cast_array(rows.reshape(len(column), *shape[1:]), field.dtype)
    except (ValueError, TypeError, OverflowError):
        raise ScoringError(f"{called} cannot be made into {field.dtype} of the shape {shape} without loss.") from None
    return made


def called_(field: Field) -> str:
    return "The input" if field.name is None else f"Input {quote(field.name)}"
