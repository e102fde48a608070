"""The value of a metric at the step where another was best, for many runs at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from runs.metrics.blocks import BLOCKS_A_STATEMENT, chunks, whole_line
from runs.metrics.sparkline import at_blocks
from trackui.db import fetch_all, placeholders
from trackui.search.sql import among

RUNS_A_STATEMENT = 5_000

# By (timestamp, value, is-NaN), as the last point of a metric is told; NaN is stored as 0.
Candidate = tuple[int, float, bool]


def at_best(runs: Sequence[int], key: int, by: int, *, is_highest: bool) -> dict[int, float]:
    """By run: the value of `key` at the first step where `by` was highest, or lowest.

    Of several points there, the last. Runs without a point of `key` at that step are left out. A statement, three more
    a 5,000 runs where that is not the last step, and one a 128 blocks that must be read.
    """
    best = "b.max_step" if is_highest else "b.min_step"
    where = among("a.run_id", runs)
    rows = fetch_all(
        f"SELECT a.run_id, {best}, a.last_step, a.last_value, a.last_is_nan FROM runs_metricsummary a"
        " JOIN runs_metricsummary b ON b.run_id = a.run_id AND b.key_id = %s"
        f" WHERE {where.text} AND a.key_id = %s AND {best} IS NOT NULL",
        (by, *where.params, key),
    )
    found = {run: math.nan if is_nan else last for run, step, end, last, is_nan in rows if step == end}
    found |= values_at({run: step for run, step, end, *_ in rows if step < end}, key)
    return found


def values_at(steps: Mapping[int, int], key: int) -> dict[int, float]:
    """By run: the value of the last point at its step."""
    last: dict[int, Candidate] = {}
    for chunk in chunks(list(steps.items()), RUNS_A_STATEMENT):
        for run, *point in (*in_rows(chunk, key), *in_blocks(chunk, key)):
            last[run] = max(last.get(run, tuple(point)), tuple(point))
    return {run: math.nan if is_nan else value for run, (_, value, is_nan) in last.items()}


def in_rows(targets: Sequence[tuple[int, int]], key: int) -> Iterator[tuple]:
    for run, timestamp, value, is_nan in joined_to(
        targets, "runs_metricpoint p", "p.run_id, p.timestamp, p.value, p.is_nan", "p.step = t.step", "p", key
    ):
        yield run, timestamp, value, bool(is_nan)


def in_blocks(targets: Sequence[tuple[int, int]], key: int) -> Iterator[tuple]:
    holding = "h.first_step <= t.step AND h.last_step >= t.step"
    heads = joined_to(targets, "runs_metricblock h", "h.run_id, h.number, h.count", holding, "h", key)
    steps = dict(targets)
    for chunk in chunks(heads, BLOCKS_A_STATEMENT):
        counts = {(run, key, number): count for run, number, count in chunk}
        for run, _, number, data, stored in at_blocks("runs_metricblockdata", list(counts), "h.data, h.checksum"):
            line = whole_line(run, key, number, counts[run, key, number], data, stored)
            if line is None:  # damaged, and told so in the log
                continue
            for at in np.flatnonzero(line.steps == steps[run]):
                value = float(line.values[at])
                is_nan = math.isnan(value)
                yield run, int(line.timestamps[at]), 0.0 if is_nan else value, is_nan


def joined_to(
    targets: Sequence[tuple[int, int]], table: str, columns: str, condition: str, alias: str, key: int
) -> list[tuple]:
    return fetch_all(
        f"WITH t(run_id, step) AS (VALUES {placeholders(len(targets), 2)}) SELECT {columns} FROM t CROSS JOIN {table}"
        f" WHERE {alias}.run_id = t.run_id AND {alias}.key_id = %s AND {condition}",
        [*(value for target in targets for value in target), key],
    )
