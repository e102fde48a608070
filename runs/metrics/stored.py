"""What is stored of one metric of runs, as one state of the database.

Sealed blocks never change and stay for as long as their run: their heads are enough to read them later. All
other points, single rows and small blocks, wait to be sealed, so they are read at once. There are some
thousands of them at most, but where points were logged before there were blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import heads, read_blocks
from runs.metrics.codec import GREATEST, LEAST, Line, joined, sorted_line
from runs.metrics.rows import ROW, line_of_rows
from trackui.db import in_list, read_snapshot, reading_cursor

RUN_ROW = np.dtype([("run", "i8"), *ROW.descr])


class Stored(NamedTuple):
    """Points of one run: those in blocks, by their heads, and `loose` ones, ascending by step."""

    run_pk: int
    heads: np.ndarray
    loose: Line

    @property
    def count(self) -> int:
        return int(self.heads["count"].sum()) + len(self.loose)


def stored_points(
    run_pks: Sequence[int], key: int, *, first_step: int = LEAST, last_step: int = GREATEST
) -> dict[int, Stored]:
    """By run, for those that have points; blocks that have steps of the range are there with all their points.

    Two statements, three where small blocks wait to be sealed.
    """
    if not run_pks:
        return {}
    with read_snapshot():
        rows = read_rows(run_pks, key, first_step, last_step)
        found = heads(run_pks, key, *within(first_step, last_step))
        waiting = read_blocks(found[~found["is_sealed"]], key)
        loose: dict[int, list[Line]] = {run: [line] for run, line in rows.items()}
        # A damaged one stays with the heads: whoever needs its points will be told.
        is_kept = found["is_sealed"].copy()
        unsealed = np.flatnonzero(~found["is_sealed"])
        for at, block in zip(unsealed.tolist(), waiting, strict=True):
            if block.line is None:
                is_kept[at] = True
            elif len(line := with_steps(block.line, first_step, last_step)):
                loose.setdefault(block.run, []).append(line)
    kept = by_run(found[is_kept])
    empty = found[:0]
    return {
        run: Stored(run, kept.get(run, empty), in_one(loose.get(run, []))) for run in sorted(kept.keys() | loose.keys())
    }


def within(first_step: int, last_step: int) -> tuple[str, tuple[int, ...]]:
    """A condition for heads."""
    if first_step == LEAST and last_step == GREATEST:
        return "1 = 1", ()
    return "last_step >= %s AND first_step <= %s", (first_step, last_step)


def read_rows(run_pks: Sequence[int], key: int, first_step: int, last_step: int) -> dict[int, Line]:
    sql = (
        f"SELECT run_id, step, timestamp, value, is_nan FROM runs_metricpoint WHERE run_id IN {in_list(run_pks)}"
        " AND key_id = %s AND step BETWEEN %s AND %s ORDER BY run_id, step, timestamp, value, is_nan"
    )
    with reading_cursor() as cursor:
        cursor.execute(sql, [*run_pks, key, first_step, last_step])
        # Row by row into the array: a list of tuples would take ten times its memory.
        rows = np.fromiter(cursor, dtype=RUN_ROW)
    return {run: line_of_rows(piece) for run, piece in by_run(rows).items()}


def by_run(rows: np.ndarray) -> dict[int, np.ndarray]:
    """Pieces of an array that has a run's rows together."""
    if not len(rows):
        return {}
    starts = np.flatnonzero(np.append(True, rows["run"][1:] != rows["run"][:-1]))
    return dict(zip(rows["run"][starts].tolist(), np.split(rows, starts[1:]), strict=True))


def in_one(lines: list[Line]) -> Line:
    return lines[0] if len(lines) == 1 else sorted_line(joined(lines))


def with_steps(line: Line, first_step: int, last_step: int) -> Line:
    """The piece of a line, ascending by step, in a range of steps."""
    if first_step == LEAST and last_step == GREATEST:
        return line
    start, stop = np.searchsorted(line.steps, first_step, "left"), np.searchsorted(line.steps, last_step, "right")
    return line.at(slice(int(start), int(stop)))
