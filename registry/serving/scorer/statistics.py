"""What the inputs of a request were like, column by column, to be summed up by the front and told as drift.

{"width": {"count": 3, "missing": 0, "sum": …, "squares": …, "min": …, "max": …},
 "city": {"count": 3, "missing": 1, "values": {"Bern": 2}}}

`count` is of all values, and `missing` of those that are null or NaN. Sums, min and max are of finite numbers. `values`
holds how often each of the first 20 texts came. Costs about 2 µs a column for a single row, in arrays 10 µs and 10 ns a
value.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

MOST_COLUMNS = 200
MOST_VALUES = 20
LONGEST_VALUE = 100
FEW_ROWS = 8


def statistics(columns: list[tuple[object, np.ndarray | list]]) -> dict[str, dict]:
    """Of columns by name; a list is one of texts."""
    return {str(name): column_statistics(values) for name, values in columns[:MOST_COLUMNS] if len(values)}


def columns_of(data: object) -> list[tuple[object, np.ndarray]]:
    """Of a data frame, a mapping of arrays, or one array, whose columns are its second dimension."""
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return [(name, data.iloc[:, i].to_numpy()) for i, name in enumerate(data.columns[:MOST_COLUMNS])]
    if isinstance(data, dict):
        return [(name, values) for name, values in data.items() if isinstance(values, np.ndarray) and values.ndim == 1]
    if isinstance(data, np.ndarray) and data.ndim == 2:
        return list(enumerate(data[:, :MOST_COLUMNS].T))
    if isinstance(data, np.ndarray) and data.ndim == 1:
        return [(0, data)]
    return []


def column_statistics(values: np.ndarray | list) -> dict:
    if isinstance(values, list):
        return text_statistics(values)
    kind = values.dtype.kind
    if kind not in "iufb":
        return text_statistics(values.tolist())
    if len(values) <= FEW_ROWS:
        return few_numbers(values.tolist())
    found = {"count": len(values), "missing": 0}
    numbers = values.astype(np.float64, copy=False)
    if kind == "f":
        found["missing"] = int(np.count_nonzero(np.isnan(numbers)))
        numbers = numbers[np.isfinite(numbers)]
    if len(numbers):
        found["sum"], found["squares"] = float(numbers.sum()), float(np.dot(numbers, numbers))
        found["min"], found["max"] = float(numbers.min()), float(numbers.max())
    return finite(found)


def few_numbers(values: list) -> dict:
    numbers = [float(value) for value in values if math.isfinite(value)]
    found = {"count": len(values), "missing": sum(value != value for value in values)}
    if numbers:
        found["sum"], found["squares"] = sum(numbers), sum(number * number for number in numbers)
        found["min"], found["max"] = min(numbers), max(numbers)
    return finite(found)


def finite(found: dict) -> dict:
    """A sum beyond the doubles is left out, as the head of a reply is strict JSON."""
    return {name: value for name, value in found.items() if math.isfinite(value)}


def text_statistics(values: list) -> dict:
    texts = [value for value in values if isinstance(value, str)]
    missing = sum(map(is_missing, values))
    counted = Counter(text[:LONGEST_VALUE] for text in texts)
    first = dict(list(counted.items())[:MOST_VALUES])
    return {"count": len(values), "missing": missing, **({"values": first} if first else {})}


def is_missing(value: object) -> bool:
    """None, NaN, and what pandas has for them."""
    return (
        value is None or (isinstance(value, float) and value != value) or type(value).__name__ in ("NaTType", "NAType")
    )
