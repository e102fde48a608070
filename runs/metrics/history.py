"""Exact reads: the points of one metric, of one run in pages or of many runs at once.

Every answer is what was logged, thinned by nothing but what its function says. Runs are given by
primary key; an unknown key or a run without it has no points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection

from trackui.db import fetch_all, in_list

KEY_ID = "(SELECT id FROM runs_key WHERE name = %s)"
ROWS_A_PIECE = 10_000
ROW = np.dtype([("step", "i8"), ("timestamp", "i8"), ("value", "f8"), ("is_nan", "?")])
RUN_ROW = np.dtype([("run", "i8"), *ROW.descr])


class Point(NamedTuple):
    timestamp: int
    step: int
    value: float


# timestamp, step, value, is NaN: as stored.
StoredRow = tuple[int, int, float, bool]
# run (its primary key), timestamp, step, value, is NaN: as stored, since a request answers thousands of them.
RunPoint = tuple[int, int, int, float, bool]


class Line(NamedTuple):
    """Columns of a history, ascending by (step, timestamp, value). NaN and infinities are in `values`."""

    steps: np.ndarray
    timestamps: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.steps)


def history(run_pk: int, key: str, *, limit: int | None = None, offset: int = 0) -> Iterator[list[StoredRow]]:
    """Points ascending by (timestamp, step, value): all of them, or `limit` from `offset` on. One statement.

    In pieces, so that a million points are never a million objects at once.
    """
    sql = (
        f"SELECT timestamp, step, value, is_nan FROM runs_metricpoint WHERE run_id = %s AND key_id = {KEY_ID}"
        " ORDER BY timestamp, step, value, is_nan"
    )
    params: list = [run_pk, key]
    if limit is not None:
        sql += " LIMIT %s OFFSET %s"
        params += [limit, offset]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(ROWS_A_PIECE):
            yield rows


def bulk_history(run_pks: Sequence[int], key: str, *, limit: int) -> list[RunPoint]:
    """The first `limit` points of the runs in the order given, each run's ascending as in `history`.

    Two statements; runs past the limit are not read.
    """
    wanted: list[int] = []
    room = limit
    counts = point_counts(run_pks, key)
    for run_pk in run_pks:
        if room > 0 and run_pk in counts:
            wanted.append(run_pk)
            room -= counts[run_pk]
    if not wanted:
        return []
    rank = {run_pk: position for position, run_pk in enumerate(wanted)}
    sql = (
        "SELECT run_id, timestamp, step, value, is_nan FROM runs_metricpoint"
        f" WHERE run_id IN {in_list(wanted)} AND key_id = {KEY_ID}"
        " ORDER BY run_id, timestamp, step, value, is_nan"
    )
    rows = fetch_all(sql, [*wanted, key])
    rows.sort(key=lambda row: rank[row[0]])  # Stable: inside a run the database's order stays.
    return rows[:limit]


def bulk_interval(
    run_pks: Sequence[int], key: str, *, start_step: int | None, end_step: int | None, max_results: int
) -> list[RunPoint]:
    """Points at about `max_results` steps, the same ones for all runs.

    Of the n distinct steps that any of the runs has in the interval, those at floor(i·n/max_results) and the last
    one; each run's own first and last step beside them, where they lie inside. All points of all runs at these
    steps, ascending by (run, step, timestamp). At most three statements.
    """
    ranges = step_ranges(run_pks, key)
    if not ranges:
        return []
    # From 0 where nothing else is said, as the protocol has it; a step before 0 needs an interval of its own.
    start = 0 if start_step is None else start_step
    end = max(run.last for run in ranges) if end_step is None else end_step
    steps = distinct_steps(ranges, key, start, end)
    if len(steps) > max_results:
        positions = np.arange(max_results) * len(steps) // max_results
        steps = steps[np.append(positions, len(steps) - 1)]
    ends = [step for run in ranges for step in (run.first, run.last) if start <= step <= end]
    kept = sorted({*steps.tolist(), *ends})
    return points_at(sorted(run.run_pk for run in ranges), key, kept)


class StepRange(NamedTuple):
    """First and last step of a run, and how many distinct ones lie between them, both counted."""

    run_pk: int
    first: int
    last: int
    distinct: int

    @property
    def is_dense(self) -> bool:
        return self.distinct == self.last - self.first + 1


def step_ranges(run_pks: Sequence[int], key: str) -> list[StepRange]:
    """Walks the primary key of the points without fetching them."""
    if not run_pks:
        return []
    sql = (
        "SELECT run_id, first_step, last_step, (SELECT count(*) FROM (SELECT DISTINCT step FROM runs_metricpoint p"
        " WHERE p.run_id = s.run_id AND p.key_id = s.key_id) AS steps)"
        f" FROM runs_metricsummary s WHERE run_id IN {in_list(run_pks)} AND key_id = {KEY_ID}"
    )
    return [StepRange(*row) for row in fetch_all(sql, [*run_pks, key])]


def distinct_steps(ranges: Iterable[StepRange], key: str, start: int, end: int) -> np.ndarray:
    """Steps that any of the runs has in start … end, ascending.

    Steps without a hole are known from their ends, which spares fetching them: the usual case, and half the time.
    """
    ranges = list(ranges)
    if all(run.is_dense for run in ranges):
        return merged_ranges((max(run.first, start), min(run.last, end)) for run in ranges)
    sql = (
        f"SELECT DISTINCT step FROM runs_metricpoint WHERE run_id IN {in_list(ranges)} AND key_id = {KEY_ID}"
        " AND step BETWEEN %s AND %s"
    )
    params = [*(run.run_pk for run in ranges), key, start, end]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        steps = np.fromiter((row[0] for row in cursor), dtype="i8")
    return np.sort(steps)


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


# SQLite takes 32,766 bound values a statement; steps beyond this many are asked for in turns.
STEPS_A_STATEMENT = 5_000


def points_at(run_pks: Sequence[int], key: str, steps: Sequence[int]) -> list[RunPoint]:
    """All points of the runs at these steps, ascending by (run, step, timestamp, value)."""
    rows: list[RunPoint] = []
    for start in range(0, len(steps), STEPS_A_STATEMENT):
        chunk = steps[start : start + STEPS_A_STATEMENT]
        sql = (
            "SELECT run_id, timestamp, step, value, is_nan FROM runs_metricpoint"
            f" WHERE run_id IN {in_list(run_pks)} AND key_id = {KEY_ID} AND step IN {in_list(chunk)}"
            " ORDER BY run_id, step, timestamp, value"
        )
        rows += fetch_all(sql, [*run_pks, key, *chunk])
    if len(steps) > STEPS_A_STATEMENT:
        rows.sort(key=lambda row: row[0])
    return rows


def point_counts(run_pks: Sequence[int], key: str) -> dict[int, int]:
    if not run_pks:
        return {}
    sql = f"SELECT run_id, count FROM runs_metricsummary WHERE run_id IN {in_list(run_pks)} AND key_id = {KEY_ID}"
    return dict(fetch_all(sql, [*run_pks, key]))


def lines(
    run_pks: Sequence[int], key: str, *, first_step: int | None = None, last_step: int | None = None
) -> dict[int, Line]:
    """Whole histories of one metric by run, or the steps first … last of them; 26 bytes a point. One statement."""
    if not run_pks:
        return {}
    sql = (
        "SELECT run_id, step, timestamp, value, is_nan FROM runs_metricpoint"
        f" WHERE run_id IN {in_list(run_pks)} AND key_id = {KEY_ID}"
    )
    params: list = [*run_pks, key]
    if first_step is not None:
        sql += " AND step >= %s"
        params.append(first_step)
    if last_step is not None:
        sql += " AND step <= %s"
        params.append(last_step)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY run_id, step, timestamp, value, is_nan", params)
        # Row by row into the array: a list of a million tuples would take ten times its memory.
        rows = np.fromiter(cursor, dtype=RUN_ROW)
    runs, starts = np.unique(rows["run"], return_index=True)
    pieces = np.split(rows, starts[1:])
    return {int(run_pk): as_line(piece) for run_pk, piece in zip(runs, pieces, strict=False)}


def as_line(rows: np.ndarray) -> Line:
    values = rows["value"].copy()
    values[rows["is_nan"]] = np.nan
    return Line(rows["step"].copy(), rows["timestamp"].copy(), values)


def history_by_step(run_pk: int, key: str, *, limit: int, offset: int) -> list[Point]:
    """A page of the points ascending by (step, timestamp, value): the order of the primary key. One statement."""
    sql = (
        f"SELECT timestamp, step, value, is_nan FROM runs_metricpoint WHERE run_id = %s AND key_id = {KEY_ID}"
        " ORDER BY step, timestamp, value, is_nan LIMIT %s OFFSET %s"
    )
    return [
        Point(timestamp, step, math.nan if is_nan else value)
        for timestamp, step, value, is_nan in fetch_all(sql, [run_pk, key, limit, offset])
    ]
