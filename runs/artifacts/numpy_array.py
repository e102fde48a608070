"""What a .npy file holds: shape, type, and its first values. Nothing in it is unpickled."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from runs.artifacts.stores import OpenFile
from runs.artifacts.tables import Table

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 2**14
LARGEST_SIZE = 2**63
MOST_ROWS, MOST_COLUMNS = 50, 20


@dataclass(frozen=True, slots=True)
class Header:
    """`start`: the byte at which the values begin."""

    shape: tuple[int, ...]
    dtype: object  # numpy.dtype
    is_fortran: bool
    start: int


@dataclass(frozen=True, slots=True)
class NumpyArray:
    """`values`: the corner of an array of two dimensions, else the first values; None for those of other kinds."""

    shape: tuple[int, ...]
    dtype: str
    order: str
    count: int
    values: Table | None


def numpy_array(file: OpenFile) -> NumpyArray | None:
    """None for what is no such file after all."""
    header = read_header(b"".join(file.pieces(0, min(file.size, LONGEST_HEADER))))
    if header is None:
        return None
    order = "Fortran" if header.is_fortran else "C"
    values = first_values(file, header)
    return NumpyArray(header.shape, str(header.dtype), order, math.prod(header.shape), values)


def read_header(data: bytes) -> Header | None:
    """The format's own: magic, version, length, and a literal of a dict (numpy.lib.format)."""
    from numpy.lib.format import descr_to_dtype

    width = 2 if data[6:7] == b"\x01" else 4
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    if not data.startswith(MAGIC) or start > len(data):
        return None
    try:
        found = ast.literal_eval(data[8 + width : start].decode("utf-8").strip())
        dtype, shape, is_fortran = descr_to_dtype(found["descr"]), found["shape"], bool(found["fortran_order"])
    except (ValueError, SyntaxError, TypeError, KeyError, IndexError, RecursionError, MemoryError, OverflowError):
        return None
    if not isinstance(shape, tuple) or not all(type(size) is int and 0 <= size < LARGEST_SIZE for size in shape):
        return None
    return Header(shape, dtype, is_fortran, start)


def first_values(file: OpenFile, header: Header) -> Table | None:
    import numpy as np

    dtype = header.dtype
    if dtype.hasobject or not dtype.itemsize or dtype.names is not None or dtype.subdtype or header.is_fortran:
        return None
    is_flat = len(header.shape) != 2
    rows, across = (math.prod(header.shape), 1) if is_flat else header.shape
    shown = min(across, MOST_COLUMNS)
    lines = []
    for row in range(min(rows, MOST_ROWS)):
        start = header.start + row * across * dtype.itemsize
        data = b"".join(file.pieces(start, max(0, min(shown * dtype.itemsize, file.size - start))))
        whole = data[: len(data) // dtype.itemsize * dtype.itemsize]
        if not whole:
            break
        lines.append(tuple(str(value) for value in np.frombuffer(whole, dtype=dtype)))
    if not lines:
        return None
    width = max(map(len, lines))
    return Table(
        columns=("value",) if is_flat else tuple(str(number) for number in range(width)),
        rows=tuple(line + ("",) * (width - len(line)) for line in lines),
        is_cut=len(lines) < rows or width < across,
    )
