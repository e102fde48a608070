"""Unsealed points of a metric, in rows and in small blocks, become full blocks.

Inside a write transaction that holds the run's row. One call seals so many points as to hold up other writers
for some hundredths of a second at most: what is beyond that is left to the next batch, or the next call.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from django.db import connection

from runs.metrics import blocks
from runs.metrics.blocks import NewBlock, chunks, drop_blocks, store_blocks, whole_line
from runs.metrics.codec import Line, joined, sorted_line
from runs.metrics.rows import ROW, line_of_rows
from trackui.db import execute, execute_each, fetch_all, in_list, placeholders

logger = logging.getLogger(__name__)

FULL_BLOCKS_AT_ONCE = 4
KEY_ROW = np.dtype([("key", "i8"), *ROW.descr])
# Unsealed blocks come after the last sealed one: a seal takes all there are, and numbers only rise.
UNSEALED_BLOCKS = """
    WITH wanted(key_id) AS (VALUES {keys})
    SELECT h.key_id, h.number, h.count, d.data, d.checksum
    FROM wanted CROSS JOIN runs_metricblock h
    LEFT JOIN runs_metricblockdata d ON d.run_id = h.run_id AND d.key_id = h.key_id AND d.number = h.number
    WHERE h.run_id = %s AND h.key_id = wanted.key_id AND h.number > COALESCE((
        SELECT s.number FROM runs_metricblock s
        WHERE s.run_id = %s AND s.key_id = wanted.key_id AND s.is_sealed ORDER BY s.number DESC LIMIT 1
    ), -1)
    ORDER BY h.key_id, h.number
"""


class Unsealed(NamedTuple):
    """Of one metric: points not in sealed blocks, and the number of its next block."""

    count: int
    next_block: int

    def with_rows(self, count: int) -> Unsealed:
        return Unsealed(self.count + count, self.next_block)

    def with_block(self, count: int) -> Unsealed:
        return Unsealed(self.count + count, self.next_block + 1)


def seal_full(run: int, unsealed: Mapping[int, Unsealed]) -> dict[int, Unsealed]:
    """Seal keys that have the points of a full block. What is now unsealed of those that were sealed."""
    full = {key: state for key, state in unsealed.items() if state.count >= blocks.FULL_BLOCK}
    return seal(run, full) if full else {}


def seal_run(run: int) -> bool:
    """Seal what is worth a block, as far as one call goes: whether there may be more.

    One statement where there is nothing to seal.
    """
    rows = fetch_all(
        "SELECT key_id, unsealed_count, next_block FROM runs_metricsummary"
        " WHERE run_id = %s AND unsealed_count >= %s ORDER BY key_id",
        [run, blocks.WORTH_A_BLOCK],
    )
    if not rows:
        return False
    sealed = seal(run, {key: Unsealed(*state) for key, *state in rows}, with_rest=True)
    for chunk in chunks(sorted(sealed.items()), 500):
        execute(
            f"WITH sealed(key_id, count, next_block) AS (VALUES {placeholders(len(chunk), 3)})"
            " UPDATE runs_metricsummary SET unsealed_count = sealed.count, next_block = sealed.next_block FROM sealed"
            " WHERE run_id = %s AND runs_metricsummary.key_id = sealed.key_id",
            [*(value for key, state in chunk for value in (key, *state)), run],
        )
    return len(sealed) < len(rows) or any(state.count >= blocks.WORTH_A_BLOCK for state in sealed.values())


def seal(run: int, unsealed: Mapping[int, Unsealed], *, with_rest: bool = False) -> dict[int, Unsealed]:
    """Seal some of these keys; what is now unsealed of them. Up to seven statements, however many keys.

    All of a key is merged and cut into full blocks. The rest stays one small block, unless `with_rest` says that
    it is sealed too, when worth it. Of a key with more points than go at once the first rows are taken: what was
    logged before there were blocks may be any number.
    """
    at_once = FULL_BLOCKS_AT_ONCE * blocks.FULL_BLOCK
    chosen = _chosen(unsealed, at_once)
    rows = _rows(run, chosen, limit=at_once)
    small = unsealed_blocks(run, chosen)
    # Keys whose rows may go on beyond those that were read.
    cut = {key for key in chosen if key >= rows["key"][-1]} if len(rows) == at_once else set()
    _drop_rows(run, rows)
    drop_blocks(run, [(block.key, block.number) for block in small if block.line is not None])
    _set_aside(run, [block for block in small if block.line is None])
    made: list[NewBlock] = []
    states: dict[int, Unsealed] = {}
    for key in chosen:
        lines = [block.line for block in small if block.key == key and block.line is not None]
        line = sorted_line(joined([*lines, line_of_rows(rows[rows["key"] == key])]))
        pieces = _pieces(key, unsealed[key].next_block, line, with_rest=with_rest and key not in cut)
        rest = sum(len(piece.line) for piece in pieces if not piece.is_sealed)
        left = max(0, unsealed[key].count - len(line)) if key in cut else 0
        states[key] = Unsealed(rest + left, unsealed[key].next_block + len(pieces))
        made += pieces
    store_blocks(run, made)
    return states


def _chosen(unsealed: Mapping[int, Unsealed], at_once: int) -> list[int]:
    """As many keys as have `at_once` points together; one at least."""
    chosen: list[int] = []
    room = at_once
    for key in sorted(unsealed):
        room -= unsealed[key].count
        if room >= 0 or not chosen:
            chosen.append(key)
    return chosen


def _pieces(key: int, number: int, line: Line, *, with_rest: bool) -> list[NewBlock]:
    full = blocks.FULL_BLOCK
    smallest = blocks.WORTH_A_BLOCK if with_rest else full
    pieces = [line.at(slice(start, start + full)) for start in range(0, len(line), full)]
    return [NewBlock(key, number + i, piece, is_sealed=len(piece) >= smallest) for i, piece in enumerate(pieces)]


# --- Rows ---------------------------------------------------------------------------------------


def _rows(run: int, keys: list[int], *, limit: int) -> np.ndarray:
    """The first rows of these keys, by the primary key: an array of KEY_ROW."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key_id, step, timestamp, value, is_nan FROM runs_metricpoint"
            f" WHERE run_id = %s AND key_id IN {in_list(keys)}"
            " ORDER BY key_id, step, timestamp, value, is_nan LIMIT %s",
            [run, *keys, limit],
        )
        return np.fromiter(cursor, dtype=KEY_ROW)


def _drop_rows(run: int, rows: np.ndarray) -> None:
    """Those that were read: of each key all up to the last of them."""
    is_last = np.append(rows["key"][1:] != rows["key"][:-1], True)
    if len(rows):
        execute_each(
            "DELETE FROM runs_metricpoint WHERE run_id = %s AND key_id = %s"
            " AND (step, timestamp, value, is_nan) <= (%s, %s, %s, %s)",
            [(run, *row) for row in rows[is_last].tolist()],
        )


# --- Small blocks -------------------------------------------------------------------------------


class SmallBlock(NamedTuple):
    """An unsealed block; `line` is None where it is damaged."""

    key: int
    number: int
    line: Line | None


def unsealed_blocks(run: int, keys: list[int]) -> list[SmallBlock]:
    rows = fetch_all(UNSEALED_BLOCKS.format(keys=placeholders(len(keys), 1)), [*keys, run, run])
    return [SmallBlock(key, number, whole_line(run, key, number, *stored)) for key, number, *stored in rows]


def _set_aside(run: int, damaged: list[SmallBlock]) -> None:
    """Leave them as they are, for whoever can mend them, but in nobody's way."""
    for block in damaged:
        logger.error("%s", blocks.damaged(run, block.key, block.number).message)
        execute(
            "UPDATE runs_metricblock SET is_sealed = %s WHERE run_id = %s AND key_id = %s AND number = %s",
            [True, run, block.key, block.number],
        )
