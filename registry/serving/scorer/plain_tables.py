"""The common request, fast: a table whose columns are those of the signature, of plain numbers and texts.

Each function gives the frame that `frames` would, or None to leave the request to it, together with all that is wrong.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .casting import cast_array
from .schema import Schema, Type

ALLOWED = {"boolean": {bool}, "integer": {int}, "long": {int}, "string": {str}}


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

    def from_split(self, content: object) -> pd.DataFrame | None:
        if not isinstance(content, dict) or content.get("columns") != self.names or len(content) != 2:
            return None
        return self.from_rows(content.get("data"))

    def from_records(self, content: object) -> pd.DataFrame | None:
        if not isinstance(content, list):
            return None
        width, names = len(self.names), self.names
        try:
            rows = [[record[name] for name in names] for record in content]
        except (KeyError, TypeError, IndexError):
            return None
        return self.from_rows(rows) if all(len(record) == width for record in content) else None

    def from_rows(self, rows: object) -> pd.DataFrame | None:
        """Rows as JSON has them. Doubles are one array; numpy reads what pandas would: null is NaN, "1.5" is 1.5."""
        if not isinstance(rows, list) or not rows:
            return None
        try:
            if self.is_double:
                values = np.array(rows, dtype=np.float64)
                is_table = values.shape == (len(rows), len(self.names))
                return pd.DataFrame(values, columns=self.index, copy=False) if is_table else None
            if any(len(row) != len(self.names) for row in rows):
                return None
            columns = [
                plain_column(values, type) for values, type in zip(zip(*rows, strict=True), self.types, strict=True)
            ]
        except (ValueError, TypeError, OverflowError):
            return None
        if any(column is None for column in columns):
            return None
        return pd.DataFrame(dict(zip(self.names, columns, strict=True)), copy=False)


def plain_column(values: tuple, kind: Type) -> np.ndarray | list | None:
    allowed = ALLOWED.get(kind.name)
    if allowed is not None and not allowed.issuperset(map(type, values)):
        return None
    if kind.name == "string":
        return list(values)
    made = np.array(values, dtype=None if allowed else np.float64)
    return cast_array(made, kind.dtype) if made.ndim == 1 else None
