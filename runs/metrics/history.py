"""Exact reads: the points of one metric, of one run in pages or as a stream, or of many runs at once.

Every answer is what was logged, thinned by nothing but what its function says. Runs are given by primary key; an
unknown key or a run without it has no points. DamagedBlock where a block that is needed cannot be read.

What a call answers is of one moment, that of the call, however long its pieces are being asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from runs.keys import key_ids
from runs.metrics.codec import GREATEST, LEAST, Line, joined
from runs.metrics.merging import Piece, clusters, excerpt, merged
from runs.metrics.orders import Order
from runs.metrics.stored import stored_points, with_steps
from trackui.db import fetch_all, in_list

EVERYTHING = 2**63


class Point(NamedTuple):
    timestamp: int
    step: int
    value: float


def history(
    run_pk: int, key: str, *, limit: int = EVERYTHING, offset: int = 0, order: Order = Order.BY_TIME
) -> Iterator[Line]:
    """Points ascending by (timestamp, step, value), or by (step, timestamp, value): `limit` from `offset` on.

    In pieces, so that ten million points are never in memory at once. Heads and unsealed points are read in the
    call, in two or three statements; the blocks that the page touches with the pieces, in one statement for each
    POINTS_A_READING.
    """
    return (line for _, line in _excerpt([run_pk], key, offset=offset, limit=limit, order=order))


def bulk_history(run_pks: Sequence[int], key: str, *, limit: int) -> list[Piece]:
    """The first `limit` points of the runs in the order given, each run's ascending as in `history`.

    Runs past the limit are not read.
    """
    wanted: list[int] = []
    room = limit
    counts = point_counts(run_pks, key)
    for run_pk in run_pks:
        if room > 0 and run_pk in counts:
            wanted.append(run_pk)
            room -= counts[run_pk]
    return list(_excerpt(wanted, key, offset=0, limit=limit, order=Order.BY_TIME))


def _excerpt(run_pks: Sequence[int], key: str, *, offset: int, limit: int, order: Order) -> Iterator[Piece]:
    key_id = key_ids([key]).get(key)
    if key_id is None:
        return iter(())
    stored = stored_points(run_pks, key_id)
    found = chain.from_iterable(clusters(stored[run_pk], order) for run_pk in run_pks if run_pk in stored)
    return excerpt(found, key_id, order, offset=offset, limit=limit)


def history_by_step(run_pk: int, key: str, *, limit: int, offset: int) -> list[Point]:
    """A page of the points ascending by (step, timestamp, value)."""
    return [
        Point(timestamp, step, value)
        for line in history(run_pk, key, limit=limit, offset=offset, order=Order.BY_STEP)
        for step, timestamp, value in zip(*(column.tolist() for column in line), strict=True)
    ]


def lines(
    run_pks: Sequence[int], key: str, *, first_step: int | None = None, last_step: int | None = None
) -> dict[int, Line]:
    """Whole histories of one metric by run, or the steps first … last of them; 24 bytes a point."""
    first, last = LEAST if first_step is None else first_step, GREATEST if last_step is None else last_step
    key_id = key_ids([key]).get(key)
    if key_id is None:
        return {}
    stored = stored_points(run_pks, key_id, first_step=first, last_step=last)
    found = chain.from_iterable(clusters(one, Order.BY_STEP) for one in stored.values())
    pieces: dict[int, list[Line]] = {}
    for run_pk, line in merged(found, key_id, Order.BY_STEP):
        pieces.setdefault(run_pk, []).append(with_steps(line, first, last))
    whole = {run_pk: joined(parts) for run_pk, parts in pieces.items()}
    return {run_pk: line for run_pk, line in whole.items() if len(line)}


def point_counts(run_pks: Sequence[int], key: str) -> dict[int, int]:
    """One statement, which reads no points."""
    if not run_pks:
        return {}
    sql = (
        f"SELECT run_id, count FROM runs_metricsummary WHERE run_id IN {in_list(run_pks)}"
        " AND key_id = (SELECT id FROM runs_key WHERE name = %s)"
    )
    return dict(fetch_all(sql, [*run_pks, key]))
