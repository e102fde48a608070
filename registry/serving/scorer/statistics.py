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


def statistics(data: object) -> dict[str, dict]:
    """Of a data frame, a mapping of arrays, or one array, whose columns are its second dimension."""
    return {str(name): column_statistics(values) for name, values in columns_of(data) if len(values)}


def columns_of(data: object) -> list[tuple[object, np.ndarray]]:
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        names = data.columns[:MOST_COLUMNS].tolist()
        if len(set(data.dtypes)) == 1 and data.dtypes.iloc[0].__class__.__name__.endswith("DType"):
            return list(zip(names, data.to_numpy()[:, :MOST_COLUMNS].T, strict=True))
        return [(name, data.iloc[:, i].to_numpy()) for i, name in enumerate(names)]
    if isinstance(data, dict):
        pairs = list(data.items())[:MOST_COLUMNS]
        return [(name, values) for name, values in pairs if isinstance(values, np.ndarray) and values.ndim == 1]
    if isinstance(data, np.ndarray) and data.ndim == 2:
        return list(enumerate(data[:, :MOST_COLUMNS].T))
    if isinstance(data, np.ndarray) and data.ndim == 1:
        return [(0, data)]
    return []


def column_statistics(values: np.ndarray) -> dict:
    kind = values.dtype.kind
    if kind not in "iufb":
        return text_statistics(values.tolist())
    if len(values) <= FEW_ROWS:
        return few_numbers(values.tolist())
    numbers = values.astype(np.float64)
    missing = int(np.isnan(numbers).sum()) if kind == "f" else 0
    if kind == "f":
        numbers = numbers[np.isfinite(numbers)]
    found = {"count": len(values), "missing": missing}
    if len(numbers):
        found |= {
            "sum": float(numbers.sum()),
            "squares": float(np.dot(numbers, numbers)),
            "min": float(numbers.min()),
            "max": float(numbers.max()),
        }
    return finite(found)


def few_numbers(values: list) -> dict:
    numbers = [float(value) for value in values if math.isfinite(value)]
    found = {"count": len(values), "missing": sum(value != value for value in values)}
    if numbers:
        squares = sum(number * number for number in numbers)
        found |= {"sum": sum(numbers), "squares": squares, "min": min(numbers), "max": max(numbers)}
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
