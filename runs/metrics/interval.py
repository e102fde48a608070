"""The points of many runs at a few steps that they share, as MLflow's charts ask for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from runs.keys import key_ids
from runs.metrics.blocks import read_whole_blocks
from runs.metrics.merging import Piece, clusters, merged
from runs.metrics.orders import Order
from runs.metrics.stored import Stored, stored_points, with_steps
from trackui.db import fetch_all, in_list

# Steps gathered before those that are there twice are dropped: 8 MB.
STEPS_AT_ONCE = 1_000_000


def bulk_interval(
    run_pks: Sequence[int], key: str, *, start_step: int | None, end_step: int | None, max_results: int
) -> list[Piece]:
    """Points at about `max_results` steps, the same ones for all runs.

    Of the n distinct steps that any of the runs has in the interval, those at floor(i·n/max_results) and the last
    one; each run's own first and last step beside them, where they lie inside. All points of all runs at these
    steps, ascending by (run, step, timestamp, value).
    """
    key_id = key_ids([key]).get(key)
    ends = {} if key_id is None else step_ranges(run_pks, key_id)
    if not ends:
        return []
    # From 0 where nothing else is said, as the protocol has it; a step before 0 needs an interval of its own.
    start = 0 if start_step is None else start_step
    end = max(last for _, last in ends.values()) if end_step is None else end_step
    stored = list(stored_points(list(ends), key_id, first_step=start, last_step=end).values())
    steps = distinct_steps(stored, key_id, start, end)
    if len(steps) > max_results:
        positions = np.arange(max_results) * len(steps) // max_results
        steps = steps[np.append(positions, len(steps) - 1)]
    own = [step for run_ends in ends.values() for step in run_ends if start <= step <= end]
    return list(points_at(stored, key_id, np.union1d(steps, np.array(own, "i8"))))


def step_ranges(run_pks: Sequence[int], key: int) -> dict[int, tuple[int, int]]:
    """First and last step of each run that has the metric. One statement, which reads no points."""
    if not run_pks:
        return {}
    sql = "SELECT run_id, first_step, last_step FROM runs_metricsummary WHERE key_id = %s AND run_id IN "
    return {run: (first, last) for run, first, last in fetch_all(sql + in_list(run_pks), [key, *run_pks])}


def distinct_steps(stored: Sequence[Stored], key: int, start: int, end: int) -> np.ndarray:
    """Steps that any of the runs has in start … end, ascending.

    Those of a block without a hole are known from its ends, which spares reading it: the usual case.
    """
    if not stored:
        return np.empty(0, "i8")
    heads = np.concatenate([one.heads for one in stored])
    # Where the difference is past 64 bits it wraps, and is less than any count.
    is_dense = heads["distinct_steps"] == heads["last_step"] - heads["first_step"] + 1
    dense = merged_ranges(
        zip(
            np.maximum(heads["first_step"][is_dense], start).tolist(),
            np.minimum(heads["last_step"][is_dense], end).tolist(),
            strict=True,
        )
    )
    loose = (one.loose.steps for one in stored)
    others = (with_steps(line, start, end).steps for _, line in read_whole_blocks(heads[~is_dense], key))
    return union(chain([dense], loose, others))


def union(parts: Iterable[np.ndarray]) -> np.ndarray:
    """Each number once, ascending."""
    held: list[np.ndarray] = []
    room = STEPS_AT_ONCE
    for part in parts:
        held.append(part)
        room -= len(part)
        if room < 0:
            held, room = [np.unique(np.concatenate(held))], STEPS_AT_ONCE
    return np.unique(np.concatenate(held))


def merged_ranges(ranges: Iterable[tuple[int, int]]) -> np.ndarray:
    """Whole numbers of ranges (first, last) that may overlap; ranges that end before they start are empty."""
    pieces = []
    covered = -math.inf
    for first, last in sorted(ranges):
        first = max(first, covered + 1)
        if first <= last:
            pieces.append(np.arange(int(first), last + 1, dtype="i8"))
            covered = last
    return np.concatenate(pieces) if pieces else np.empty(0, dtype="i8")


def points_at(stored: Iterable[Stored], key: int, steps: np.ndarray) -> Iterator[Piece]:
    """All points of the runs at these steps, ascending by (run, step, timestamp, value)."""
    found = chain.from_iterable(clusters(having_steps(one, steps), Order.BY_STEP) for one in stored)
    for run_pk, line in merged(found, key, Order.BY_STEP):
        at_steps = line.at(np.isin(line.steps, steps))
        if len(at_steps):
            yield run_pk, at_steps


def having_steps(stored: Stored, steps: np.ndarray) -> Stored:
    """Without what has none of these steps."""
    heads = stored.heads
    may_have = np.searchsorted(steps, heads["first_step"]) < np.searchsorted(steps, heads["last_step"], "right")
    loose = stored.loose.at(np.isin(stored.loose.steps, steps))
    return Stored(stored.run_pk, heads[may_have], loose)
