"""Blocks of points: their heads and their bytes, stored and read.

A block is told by (run, key, number), all as primary keys. Heads are read as one array for many runs, since
a chart looks at thousands of them; the bytes of those blocks alone whose points are needed.
"""

from __future__ import annotations

import logging
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from runs.metrics.codec import Line, packed, plain, unpacked
from trackui.db import execute_each, fetch_all, in_list, insert_rows
from trackui.errors import TrackingError

logger = logging.getLogger(__name__)

FULL_BLOCK = 4_096
# Fewer points of a key than this stay rows: a head and its bytes would take more room.
WORTH_A_BLOCK = 32
# Some four megabytes of points at once.
BLOCKS_A_STATEMENT = 128

HEAD_COLUMNS = (
    "is_sealed",
    "count",
    "nan_count",
    "plus_inf_count",
    "minus_inf_count",
    "distinct_steps",
    "first_step",
    "first_timestamp",
    "first_value",
    "last_step",
    "last_timestamp",
    "last_value",
    "min_value",
    "min_step",
    "min_timestamp",
    "max_value",
    "max_step",
    "max_timestamp",
    "earliest",
    "latest",
    "is_time_ordered",
)
IDENTITY_COLUMNS = ("run_id", "key_id", "number")
DATA_COLUMNS = (*IDENTITY_COLUMNS, "data", "checksum")
NULLABLE = {name for name in HEAD_COLUMNS if name.startswith(("min_", "max_")) or name in ("first_value", "last_value")}
# Where a number is NULL the array has 0: `is_finite`, `has_number` and `nan_count` tell.
HEAD = np.dtype(
    [
        ("run", "i8"),
        ("number", "i8"),
        *(
            (name, "?" if name.startswith("is_") else "f8" if name.endswith("_value") else "i8")
            for name in HEAD_COLUMNS
        ),
    ]
)
SELECTED = ", ".join(f"COALESCE({name}, 0)" if name in NULLABLE else name for name in HEAD_COLUMNS)


class DamagedBlock(TrackingError):
    """The bytes of a block are not what was stored, or not there."""


class NewBlock(NamedTuple):
    """Points of one key to be stored as a block of this number."""

    key: int
    number: int
    line: Line
    is_sealed: bool

    def ready(self) -> ReadyBlock:
        data = packed(self.line) if self.is_sealed else plain(*(column.tolist() for column in self.line))
        return ReadyBlock(self.key, self.number, head_of(self.line, is_sealed=self.is_sealed), data)


class ReadyBlock(NamedTuple):
    """A block as it is stored; `head` is the values of HEAD_COLUMNS."""

    key: int
    number: int
    head: tuple
    data: bytes


class BlockData(NamedTuple):
    """A block as read; `line` is None where it is damaged."""

    run: int
    number: int
    line: Line | None


# --- Storing ------------------------------------------------------------------------------------


def store_blocks(run: int, blocks: Sequence[NewBlock]) -> None:
    """In two statements. Each line must be in order, without repeats, and have a point at least."""
    store_ready_blocks(run, [block.ready() for block in blocks])


def store_ready_blocks(run: int, blocks: Sequence[ReadyBlock]) -> None:
    heads = [(run, key, number, *head) for key, number, head, _ in blocks]
    insert_rows("runs_metricblock", (*IDENTITY_COLUMNS, *HEAD_COLUMNS), heads)
    data = [(run, key, number, data, checksum(run, key, number, head[1], data)) for key, number, head, data in blocks]
    insert_rows("runs_metricblockdata", DATA_COLUMNS, data)


def checksum(run: int, key: int, number: int, count: int, data: bytes) -> int:
    """CRC-32 of whose points these are, how many, and the bytes."""
    return zlib.crc32(data, zlib.crc32(f"{run} {key} {number} {count}".encode()))


def head_of(line: Line, *, is_sealed: bool) -> tuple:
    """The values of HEAD_COLUMNS."""
    steps, timestamps, values = line
    is_nan = np.isnan(values)
    finite = np.isfinite(values)
    least, greatest = _extreme(line, finite, np.argmin), _extreme(line, finite, np.argmax)
    return (
        is_sealed,
        len(line),
        int(is_nan.sum()),
        int(np.isposinf(values).sum()),
        int(np.isneginf(values).sum()),
        1 + int(np.count_nonzero(steps[1:] != steps[:-1])),
        *_point(line, 0),
        *_point(line, -1),
        *least,
        *greatest,
        int(timestamps.min()),
        int(timestamps.max()),
        bool((timestamps[1:] >= timestamps[:-1]).all()),
    )


def _point(line: Line, position: int) -> tuple[int, int, float | None]:
    value = float(line.values[position])
    return int(line.steps[position]), int(line.timestamps[position]), None if math.isnan(value) else value


def _extreme(line: Line, finite: np.ndarray, which) -> tuple:
    """Value, step and timestamp of the first least or greatest finite value; Nones where there is none."""
    if finite.all():
        position = int(which(line.values))
    else:
        positions = np.flatnonzero(finite)
        if not len(positions):
            return None, None, None
        position = int(positions[which(line.values[positions])])
    step, timestamp, value = _point(line, position)
    return value, step, timestamp


def drop_blocks(run: int, blocks: Sequence[tuple[int, int]]) -> None:
    """Blocks by (key, number), ascending. Two statements for each row of numbers without a gap."""
    ranges: list[list[int]] = []
    for key, number in blocks:
        if ranges and ranges[-1][0] == key and ranges[-1][2] == number - 1:
            ranges[-1][2] = number
        else:
            ranges.append([key, number, number])
    if ranges:
        for table in ("runs_metricblock", "runs_metricblockdata"):
            # By the whole of the primary key: pairs in an IN list would have SQLite look through all of the run.
            execute_each(
                f"DELETE FROM {table} WHERE run_id = %s AND key_id = %s AND number BETWEEN %s AND %s",
                [(run, *dropped) for dropped in ranges],
            )


# --- Reading ------------------------------------------------------------------------------------


def heads(run_pks: Sequence[int], key: int, condition: str = "1 = 1", params: Sequence = ()) -> np.ndarray:
    """Heads of one metric of runs, by (run, first step, first timestamp, number): an array of HEAD. One statement.

    `condition` is SQL over the columns of a head, from code.
    """
    if not run_pks:
        return np.empty(0, HEAD)
    rows = fetch_all(
        f"SELECT run_id, number, {SELECTED} FROM runs_metricblock"
        f" WHERE run_id IN {in_list(run_pks)} AND key_id = %s AND {condition}"
        " ORDER BY run_id, first_step, first_timestamp, number",
        [*run_pks, key, *params],
    )
    return np.array(rows, HEAD) if rows else np.empty(0, HEAD)


def read_blocks(blocks: np.ndarray | Sequence[np.void], key: int) -> Iterator[BlockData]:
    """The points of these heads, in their order; damaged ones without. A statement for each 128 of them."""
    for chunk in chunks(blocks, BLOCKS_A_STATEMENT):
        wanted = ", ".join(["(%s, %s)"] * len(chunk))
        rows = fetch_all(
            f"WITH wanted(run_id, number) AS (VALUES {wanted}) SELECT d.run_id, d.number, d.data, d.checksum"
            " FROM wanted CROSS JOIN runs_metricblockdata d"
            " WHERE d.run_id = wanted.run_id AND d.key_id = %s AND d.number = wanted.number",
            [*(int(value) for head in chunk for value in (head["run"], head["number"])), key],
        )
        found = {(run, number): (data, stored) for run, number, data, stored in rows}
        for head in chunk:
            run, number, count = int(head["run"]), int(head["number"]), int(head["count"])
            data, stored = found.get((run, number), (None, None))
            yield BlockData(run, number, whole_line(run, key, number, count, data, stored))


def whole_line(run: int, key: int, number: int, count: int, data: bytes | None, stored: int | None) -> Line | None:
    """The points of a block; None where its bytes are missing, not those that were stored, or no block."""
    if data is None or checksum(run, key, number, count, data) != stored:
        return None
    try:
        return unpacked(data, count)
    except (ValueError, zlib.error):
        return None


def read_whole_blocks(blocks: np.ndarray | Sequence[np.void], key: int) -> Iterator[tuple[int, Line]]:
    """Run and points of each, as `read_blocks`; DamagedBlock names the first that is damaged, and so does the log."""
    for block in read_blocks(blocks, key):
        if block.line is None:
            error = damaged(block.run, key, block.number)
            logger.error("%s", error.message)
            raise error
        yield block.run, block.line


def damaged(run: int, key: int, number: int) -> DamagedBlock:
    """One statement."""
    names = fetch_all(
        "SELECT r.run_id, k.name FROM runs_run r CROSS JOIN runs_key k WHERE r.id = %s AND k.id = %s", [run, key]
    )
    run_id, name = names[0] if names else (run, key)
    return DamagedBlock(f"Block {number} of metric '{name}' of run {run_id} is damaged; the others can be read.")


def chunks(items: Sequence, size: int) -> Iterable[Sequence]:
    return (items[start : start + size] for start in range(0, len(items), size))


def is_finite(head: np.ndarray) -> np.ndarray:
    """Which blocks hold finite values alone: then first, last, min and max say where their line goes."""
    return head["nan_count"] + head["plus_inf_count"] + head["minus_inf_count"] == 0


def has_number(head: np.ndarray) -> np.ndarray:
    """Which blocks have a finite value, and so a minimum and a maximum."""
    return head["nan_count"] + head["plus_inf_count"] + head["minus_inf_count"] < head["count"]
