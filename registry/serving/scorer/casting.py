"""Values made into the type a signature declares, without loss.

MLflow's server converts a column of a data frame as pandas does, which cuts 1.7 to 1 for a long and wraps 2**40 into an
integer. Here what cannot be held exactly is refused; rounding a double to a float is no loss in this sense.
"""

from __future__ import annotations

import base64

import numpy as np

from .errors import ScoringError, kind_of, quote
from .schema import Type


class Lossy(ValueError):
    """The values cannot be held by the type."""


def cast_array(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Raises ValueError, TypeError or OverflowError for what cannot be converted, Lossy for what would change."""
    if values.dtype == dtype:
        return values
    if dtype.kind == "b":
        check_boolean(values)
    with np.errstate(invalid="ignore", over="ignore"):  # what does not fit is found below
        result = values.astype(dtype)
    if dtype.kind in "iu":
        check_integers(values, result)
    elif dtype.kind == "f" and values.dtype.kind in "fiu" and np.any(np.isinf(result) & ~np.isinf(values)):
        raise Lossy
    return result


def check_boolean(values: np.ndarray) -> None:
    if values.dtype.kind in "iuf":
        fits = np.all((values == 0) | (values == 1))
    else:
        fits = all(type(value) in (bool, np.bool_) for value in values.ravel().tolist())
    if not fits:
        raise Lossy


def check_integers(values: np.ndarray, result: np.ndarray) -> None:
    if values.dtype.kind in "iuf":
        # Towards the other side too: 2**63 as a double is equal to the int64 it wraps to only when compared as doubles.
        fits = np.all(values == result) and np.all((values < 0) == (result < 0))
    elif values.dtype.kind == "O":
        pairs = zip(values.ravel().tolist(), result.ravel().tolist(), strict=True)
        fits = all(not isinstance(value, float) or value == made for value, made in pairs)
    else:
        fits = True  # text, which int() reads whole or not at all
    if not fits:
        raise Lossy


def decoded(value: object) -> bytes:
    """Binary travels as base64."""
    if not isinstance(value, str):
        raise TypeError
    return base64.decodebytes(value.encode())


def mismatch(name: object, values: list, type: Type, fails) -> ScoringError:
    """Names the column, the expected type, and the first value at fault with its own; `fails` tells it."""
    wanted = f"Column {quote(name)} must be {type}"
    for row, value in enumerate(values):
        if fails(value):
            return ScoringError(f"{wanted}, but row {row} holds {kind_of(value)}: {quote(value)}.")
    return ScoringError(f"{wanted}, and what was sent cannot be converted to it without loss.")
