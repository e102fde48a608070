"""Plotly figures as JSON: a figure is a dict of what Plotly's schema names, its data numpy arrays."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Any

import msgspec
import numpy as np


def figure_json(figure: dict[str, Any]) -> bytes:
    """Arrays travel packed, as plotly.js reads them."""
    return msgspec.json.encode(figure, enc_hook=packed)


def packed(array: object) -> dict[str, str]:
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{type(array).__name__} has no place in a figure.")
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    found = {"dtype": array.dtype.str[1:], "bdata": b2a_base64(array.tobytes(), newline=False).decode()}
    return found if array.ndim == 1 else found | {"shape": ",".join(map(str, array.shape))}
