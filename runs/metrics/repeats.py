"""Points that may be stored already: a repeated request, a resumed run, steps out of order."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import BLOCKS_A_STATEMENT, chunks, damaged, whole_line
from runs.metrics.codec import Line
from runs.metrics.points import Columns, StoredPoint, columns_of
from trackui.db import fetch_all, insert_rows, placeholders

logger = logging.getLogger(__name__)

POINT_COLUMNS = ("run_id", "key_id", "step", "timestamp", "value", "is_nan")
POINT_IDENTITY = f"({', '.join(POINT_COLUMNS)}) DO NOTHING"
HEADS_AROUND = """
    WITH wanted(key_id, first_step, first_timestamp, last_step, last_timestamp) AS (VALUES {ranges})
    SELECT h.key_id, h.number, h.count, h.first_step, h.first_timestamp, h.last_step, h.last_timestamp
    FROM wanted CROSS JOIN runs_metricblock h
    WHERE h.run_id = %s AND h.key_id = wanted.key_id
    AND (h.last_step, h.last_timestamp) >= (wanted.first_step, wanted.first_timestamp)
    AND (h.first_step, h.first_timestamp) <= (wanted.last_step, wanted.last_timestamp)
"""
BLOCKS = """
    WITH wanted(key_id, number) AS (VALUES {blocks})
    SELECT d.key_id, d.number, d.data, d.checksum FROM wanted CROSS JOIN runs_metricblockdata d
    WHERE d.run_id = %s AND d.key_id = wanted.key_id AND d.number = wanted.number
"""


class Around(NamedTuple):
    """A block that may hold some of the points, by its first and last (step, timestamp)."""

    key: int
    number: int
    count: int
    first: tuple[int, int]
    last: tuple[int, int]


def only_new(run: int, points: Mapping[int, Columns], *, in_blocks: Set[int]) -> dict[int, Columns]:
    """Store those of the points, in order by key, that are not there, as rows; answers them.

    Rows are compared by the database, in one statement; the points of `in_blocks`, the keys that have blocks, here:
    in two more statements, of which the second brings 128 blocks at a time. Heads are looked through, one for each
    4,096 points of a key; of the blocks those are unpacked, some 0.2 ms each, between whose ends a point lies. That
    is one or two a key for a request that is repeated, at most one a point where blocks do not overlap, and as
    many more as overlap there.
    """
    wanted = {key: set(columns.stored()) for key, columns in points.items()}
    asked = {key: columns for key, columns in points.items() if key in in_blocks}
    for key, line in _lines_around(run, asked):
        wanted[key] -= _stored_near(line, points[key])
    return _insert_unless_there(run, {key: sorted(left) for key, left in wanted.items() if left})


def _lines_around(run: int, points: Mapping[int, Columns]) -> Iterator[tuple[int, Line]]:
    around = [block for block in _heads_around(run, points) if _is_between(points[block.key], block)]
    for chunk in chunks(around, BLOCKS_A_STATEMENT):
        rows = fetch_all(
            BLOCKS.format(blocks=placeholders(len(chunk), 2)),
            [*(value for block in chunk for value in (block.key, block.number)), run],
        )
        found = {(key, number): stored for key, number, *stored in rows}
        for block in chunk:
            data, checksum = found.get((block.key, block.number), (None, None))
            line = whole_line(run, block.key, block.number, block.count, data, checksum)
            if line is None:
                # What was in it is lost, and to refuse points because of that would lose them too.
                logger.error("%s", damaged(run, block.key, block.number).message)
            else:
                yield block.key, line


def _heads_around(run: int, points: Mapping[int, Columns]) -> list[Around]:
    if not points:
        return []
    ranges = [
        (key, columns.steps[0], columns.timestamps[0], columns.steps[-1], columns.timestamps[-1])
        for key, columns in points.items()
    ]
    rows = fetch_all(
        HEADS_AROUND.format(ranges=placeholders(len(ranges), 5)), [*(value for row in ranges for value in row), run]
    )
    return [Around(key, number, count, (s, t), (u, v)) for key, number, count, s, t, u, v in rows]


def _is_between(points: Columns, block: Around) -> bool:
    return any(block.first <= moment <= block.last for moment in zip(points.steps, points.timestamps, strict=True))


def _stored_near(line: Line, points: Columns) -> set[StoredPoint]:
    """Points of the line that share step and timestamp with some of the points."""
    near = line.at(np.isin(line.steps, points.steps) & np.isin(line.timestamps, points.timestamps))
    return set(Columns(*(column.tolist() for column in near)).stored())


def _insert_unless_there(run: int, points: Mapping[int, list[StoredPoint]]) -> dict[int, Columns]:
    """Those of the points that were new; the database compares them, by the primary key."""
    returned = insert_rows(
        "runs_metricpoint",
        POINT_COLUMNS,
        [(run, key, *point) for key in sorted(points) for point in points[key]],
        on_conflict=POINT_IDENTITY,
        returning="key_id, step, timestamp, value, is_nan",
    )
    by_key: dict[int, list[StoredPoint]] = defaultdict(list)
    for key, step, timestamp, value, is_nan in returned:
        by_key[key].append((step, timestamp, value, bool(is_nan)))
    return {key: columns_of(sorted(new)) for key, new in by_key.items()}
