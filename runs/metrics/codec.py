"""Points of one metric as bytes: columns of their own, so that alike stands beside alike.

A block is its format byte and what that format says. PLAIN is for few points that are soon merged: the
columns as they are, but integers in even distances by the first and the distance: 8 to 24 bytes a point. PACKED
is for good: integers as differences in as few bytes as hold them, and all columns as planes: the first bytes of
their items, the second ones and so on. Planes that deflate shortens are deflated together; others, the last digits
of noise, stay as they are, which is smaller and several times quicker both ways. Some 8 bytes a point for noise,
less for values that came from 32-bit floats.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import numpy as np

PLAIN, PACKED = b"\x00", b"\x01"
EVEN = 0  # instead of the width of an integer
# Higher ones take twice the time and save a few per cent.
DEFLATE_LEVEL = 1
# Whether deflating shortens a plane, by a twentieth at least, so many bytes from both its ends tell.
SAMPLE = 512
INT, DOUBLE = np.dtype("<i8"), np.dtype("<f8")
# Of steps and timestamps.
LEAST, GREATEST = -(2**63), 2**63 - 1
WIDTHS = tuple(np.dtype(f"<i{size}") for size in (1, 2, 4, 8))
# Of a packed block: width and first item of steps and of timestamps, and a bit for each plane that is as it was.
HEAD = struct.Struct("<BqBqI")


class Line(NamedTuple):
    """Columns of points, ascending by (step, timestamp, value): int64, int64, float64 with NaN and infinities."""

    steps: np.ndarray
    timestamps: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, steps, timestamps, values) -> Line:
        """From sequences of numbers."""
        return cls(np.array(steps, INT), np.array(timestamps, INT), np.array(values, DOUBLE))

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, chosen: slice | np.ndarray) -> Line:
        """A piece, by slice, mask or positions."""
        return Line(*(column[chosen] for column in self))


def sorted_line(line: Line) -> Line:
    """In order. NaN stands where 0 would, after it, as the stored rows of points have it."""
    if (line.steps[1:] > line.steps[:-1]).all():
        return line
    is_nan = np.isnan(line.values)
    order = np.lexsort((is_nan, np.where(is_nan, 0.0, line.values), line.timestamps, line.steps))
    return line.at(order)


def joined(lines: list[Line]) -> Line:
    """One line of several, as they follow each other."""
    if len(lines) == 1:
        return lines[0]
    if not lines:
        return Line(np.empty(0, INT), np.empty(0, INT), np.empty(0, DOUBLE))
    return Line(*(np.concatenate(columns) for columns in zip(*lines, strict=True)))


def packed(line: Line) -> bytes:
    columns = [differences(line.steps), differences(line.timestamps), line.values.astype(DOUBLE, copy=False)]
    planes = [plane for column in columns for plane in planes_of(column)]
    kept = [not is_shortened(plane) for plane in planes]
    head = HEAD.pack(
        columns[0].itemsize,
        line.steps[0],
        columns[1].itemsize,
        line.timestamps[0],
        sum(1 << position for position, as_it_was in enumerate(kept) if as_it_was),
    )
    raw = [plane for plane, as_it_was in zip(planes, kept, strict=True) if as_it_was]
    rest = [plane for plane, as_it_was in zip(planes, kept, strict=True) if not as_it_was]
    return b"".join([PACKED, head, *raw, zlib.compress(b"".join(rest), DEFLATE_LEVEL)])


def is_shortened(plane: bytes) -> bool:
    sample = plane if len(plane) <= SAMPLE else plane[: SAMPLE // 2] + plane[-SAMPLE // 2 :]
    return len(zlib.compress(sample, DEFLATE_LEVEL)) < 0.95 * len(sample)


def unpacked(data: bytes, count: int) -> Line:
    """The `count` points of a block. ValueError or zlib.error when the bytes are not such a block."""
    if data[:1] == PLAIN:
        return _unpacked_plain(memoryview(data)[1:], count)
    if data[:1] != PACKED:
        raise ValueError("The block has an unknown format.")
    if len(data) <= HEAD.size:
        raise ValueError("The block is cut.")
    step_width, first_step, time_width, first_time, kept = HEAD.unpack_from(data, 1)
    widths = {width.itemsize: width for width in WIDTHS}
    if step_width not in widths or time_width not in widths:
        raise ValueError("The block has integers of an unknown width.")
    lengths = [count - 1] * (step_width + time_width) + [count] * DOUBLE.itemsize
    raw = joined_planes(memoryview(data)[1 + HEAD.size :], lengths, kept)
    times_at, values_at = (count - 1) * step_width, (count - 1) * (step_width + time_width)
    return Line(
        summed(first_step, unshuffled(raw[:times_at], widths[step_width])),
        summed(first_time, unshuffled(raw[times_at:values_at], widths[time_width])),
        unshuffled(raw[values_at:], DOUBLE),
    )


def joined_planes(stored: memoryview, lengths: list[int], kept: int) -> memoryview:
    """All planes in their order, those deflated beside those kept as they were."""
    is_kept = [bool(kept >> position & 1) for position in range(len(lengths))]
    kept_length = sum(length for length, here in zip(lengths, is_kept, strict=True) if here)
    sources = {True: stored[:kept_length], False: memoryview(zlib.decompress(stored[kept_length:]))}
    if sum(map(len, sources.values())) != sum(lengths):
        raise ValueError("The block is cut.")
    at = {True: 0, False: 0}
    planes = []
    for length, here in zip(lengths, is_kept, strict=True):
        planes.append(sources[here][at[here] : at[here] + length])
        at[here] += length
    return memoryview(b"".join(planes))


# --- Plain --------------------------------------------------------------------------------------


def plain(steps: list[int], timestamps: list[int], values: list[float]) -> bytes:
    """Of lists: for the hundred points of a key that a request brings, builtins are quicker than arrays."""
    return b"".join([PLAIN, _plain_ints(steps), _plain_ints(timestamps), struct.pack(f"<{len(values)}d", *values)])


def _plain_ints(column: list[int]) -> bytes:
    """In even distances, as steps often are and the timestamps of one call: the first and the distance."""
    first, count = column[0], len(column)
    distance = column[1] - first if count > 1 else 0
    if column[-1] == first + distance * (count - 1) and _is_even(column, distance):
        return struct.pack("<Bqq", EVEN, first, distance)
    return struct.pack(f"<B{count}q", INT.itemsize, *column)


def _is_even(column: list[int], distance: int) -> bool:
    if distance == 0:
        return column.count(column[0]) == len(column)
    return abs(distance) < 2**63 and column == list(range(column[0], column[-1] + distance, distance))


def _unpacked_plain(raw: memoryview, count: int) -> Line:
    steps, raw = _unpacked_plain_ints(raw, count)
    timestamps, raw = _unpacked_plain_ints(raw, count)
    if len(raw) != 8 * count:
        raise ValueError("The block is cut.")
    return Line(steps, timestamps, np.frombuffer(raw, DOUBLE))


def _unpacked_plain_ints(raw: memoryview, count: int) -> tuple[np.ndarray, memoryview]:
    """The column, and what follows it."""
    is_even = raw[:1] == bytes([EVEN])
    end = 1 + INT.itemsize * (2 if is_even else count)
    stored = np.frombuffer(raw[1:end], INT)
    if is_even:
        first, distance = stored
        return first + distance * np.arange(count, dtype=INT), raw[end:]
    if len(stored) != count:
        raise ValueError("The block is cut.")
    return stored, raw[end:]


# --- Integers -----------------------------------------------------------------------------------


def differences(column: np.ndarray) -> np.ndarray:
    """Between neighbours, as narrow as holds them. They wrap at 64 bits, and so does adding them up again."""
    found = np.diff(column.astype(INT, copy=False))
    return found.astype(width_for(found), copy=False)


def width_for(differences: np.ndarray) -> np.dtype:
    if not len(differences):
        return WIDTHS[0]
    low, high = int(differences.min()), int(differences.max())
    return next(width for width in WIDTHS if np.iinfo(width).min <= low and high <= np.iinfo(width).max)


def summed(first: int, steps: np.ndarray) -> np.ndarray:
    """The column that has these differences."""
    column = np.empty(len(steps) + 1, INT)
    column[0] = first
    column[1:] = steps
    return np.cumsum(column, out=column)


# --- Bytes --------------------------------------------------------------------------------------


def planes_of(column: np.ndarray) -> list[bytes]:
    """First bytes of all items, then all second ones, and so on: equal exponents come to stand together."""
    planes = np.ascontiguousarray(column).view(np.uint8).reshape(-1, column.itemsize).T
    return [plane.tobytes() for plane in planes]


def unshuffled(raw: memoryview, dtype: np.dtype) -> np.ndarray:
    """The column that has these planes."""
    return np.ascontiguousarray(np.frombuffer(raw, np.uint8).reshape(dtype.itemsize, -1).T).view(dtype).reshape(-1)
