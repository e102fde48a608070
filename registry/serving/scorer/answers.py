"""Predictions as MLflow's scoring server writes them.

Tables are lists of records, arrays are lists; NaN and the infinities are written as Python's json writes them, which
MLflow's clients read back.
"""

from __future__ import annotations

import base64
import datetime
import json

import numpy as np


def answer(predictions: object, *, is_wrapped: bool = True) -> bytes:
    """Raises TypeError or ValueError for what is no JSON."""
    plain = jsonable(predictions)
    return json.dumps({"predictions": plain} if is_wrapped else plain, default=other).encode()


def jsonable(data: object) -> object:
    """pandas' types are told by their methods, as pandas may not be there."""
    if isinstance(data, np.ndarray):
        return data.tolist()
    if hasattr(data, "to_frame") and hasattr(data, "iloc"):  # a series: one column, called 0 without a name
        name = 0 if data.name is None else data.name
        return [{name: value} for value in data.tolist()]
    if hasattr(data, "to_dict") and hasattr(data, "iloc"):
        return data.to_dict(orient="records")
    if hasattr(data, "toarray") and hasattr(data, "nnz"):  # scipy's sparse matrices
        return data.toarray().tolist()
    return data


def other(value: object) -> object:
    """What json does not know."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if hasattr(value, "model_dump"):  # pydantic's
        return value.model_dump()
    if hasattr(value, "iloc") or hasattr(value, "toarray"):
        return jsonable(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
