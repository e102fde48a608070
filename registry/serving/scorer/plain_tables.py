"""The common request, fast: a table whose columns are those of the signature, of plain numbers and texts.

Each method gives the frame that `frames` would, or None to leave the request to it, together with all that is wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from .casting import cast_array
from .schema import Schema, Type

ALLOWED = {"boolean": {bool}, "integer": {int}, "long": {int}, "string": {str}}


class PlainTable(NamedTuple):
    """A frame, and the columns it was made of, which are quicker to look at than its own."""

    frame: pd.DataFrame
    columns: list[tuple[str, np.ndarray | list]]


class PlainTables:
    """For one schema; `index` and the dtypes are made once."""

    def __init__(self, schema: Schema) -> None:
        self.names = schema.names
        self.types = [field.type for field in schema.fields]
        self.index = pd.Index(schema.names)
        self.is_double = all(type.name == "double" for type in self.types)

    @classmethod
    def of(cls, schema: Schema | None) -> PlainTables | None:
        """None for a schema it does not serve."""
        if schema is None or schema.is_tensor or not schema.has_names:
            return None
        plain = {"double", "float", *ALLOWED}
        return cls(schema) if all(field.type.name in plain for field in schema.fields) else None

    def from_form(self, form: str, content: object) -> PlainTable | None:
        if form == "dataframe_split":
            return self.from_split(content)
        if isinstance(content, list):
            return self.from_records(content)
        return self.from_columns(content) if isinstance(content, dict) and form != "dataframe_records" else None

    def from_split(self, content: object) -> PlainTable | None:
        if not isinstance(content, dict) or content.get("columns") != self.names or len(content) != 2:
            return None
        rows = content.get("data")
        return self.from_rows(rows) if isinstance(rows, list) else None

    def from_records(self, records: list) -> PlainTable | None:
        width, names = len(self.names), self.names
        try:
            rows = [[record[name] for name in names] for record in records]
        except (KeyError, TypeError, IndexError):
            return None
        return self.from_rows(rows) if all(len(record) == width for record in records) else None

    def from_rows(self, rows: list) -> PlainTable | None:
        """Rows as JSON has them. Doubles are one array; numpy reads what pandas would: null is NaN, "1.5" is 1.5."""
        if not rows:
            return None
        try:
            if self.is_double:
                values = np.array(rows, dtype=np.float64)
                if values.shape != (len(rows), len(self.names)):
                    return None
                frame = pd.DataFrame(values, columns=self.index, copy=False)
                return PlainTable(frame, list(zip(self.names, values.T, strict=True)))
            if any(len(row) != len(self.names) for row in rows):
                return None
            return self.table(list(zip(*rows, strict=True)))
        except (ValueError, TypeError, OverflowError):
            return None

    def from_columns(self, content: dict) -> PlainTable | None:
        lists = [content.get(name) for name in self.names]
        if len(content) != len(lists) or not all(isinstance(values, list) and values for values in lists):
            return None
        try:
            return self.table(lists) if len(set(map(len, lists))) == 1 else None
        except (ValueError, TypeError, OverflowError):
            return None

    def table(self, lists: list) -> PlainTable | None:
        columns = [plain_column(values, kind) for values, kind in zip(lists, self.types, strict=True)]
        if any(column is None for column in columns):
            return None
        named = dict(zip(self.names, columns, strict=True))
        return PlainTable(pd.DataFrame(named, copy=False), list(named.items()))


def plain_column(values: tuple | list, kind: Type) -> np.ndarray | list | None:
    allowed = ALLOWED.get(kind.name)
    if allowed is not None and not allowed.issuperset(map(type, values)):
        return None
    if kind.name == "string":
        return list(values)
    made = np.array(values, dtype=None if allowed else np.float64)
    return cast_array(made, kind.dtype) if made.ndim == 1 else None
