"""What a chart looks at: of each run a range along an axis, and the heads of blocks and unsealed points in it.

With each answer come the nearest ones beyond both ends of the range, so that a line can enter and leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np

from runs.metrics.codec import GREATEST, LEAST
from trackui.db import in_list, reading_cursor


class Along(Enum):
    """An axis by the columns it is stored in: of a point, and the ends of a block."""

    STEP = ("step", "first_step", "last_step", "1 = 1")
    TIME = ("timestamp", "earliest", "latest", "is_time_ordered")

    def __init__(self, point: str, low: str, high: str, is_ordered: str) -> None:
        self.point, self.low, self.high, self.is_ordered = point, low, high, is_ordered


class Window(NamedTuple):
    """The range of one run, its ends included; x is counted from `origin`. By default all of it."""

    run: int
    origin: int = 0
    low: int = LEAST
    high: int = GREATEST

    @property
    def is_whole(self) -> bool:
        return self.low == LEAST and self.high == GREATEST

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Which of the stored x are in it."""
        return (x >= self.low) & (x <= self.high)


# What drawing needs of a head; NaN where a value is NaN or missing, `low` where its x is.
HEAD = np.dtype(
    [
        *((name, "i8") for name in ("run", "number", "count", "nan_count", "plus_inf_count", "minus_inf_count")),
        *((name, "i8") for name in ("low", "high", "first_x", "min_x", "max_x", "last_x")),
        *((name, "f8") for name in ("first_value", "min_value", "max_value", "last_value")),
        ("is_ordered", "?"),
    ]
)
ROW = np.dtype([("run", "i8"), ("x", "i8"), ("value", "f8"), ("is_nan", "?")])


def head_columns(along: Along) -> str:
    point, low, high, is_ordered = along.value
    return (
        f"b.run_id, number, count, nan_count, plus_inf_count, minus_inf_count, {low}, {high}, first_{point},"
        f" COALESCE(min_{point}, {low}), COALESCE(max_{point}, {low}), last_{point},"
        f" first_value, min_value, max_value, last_value, {is_ordered}"
    )


def heads_in(windows: Sequence[Window], key: int, along: Along) -> np.ndarray:
    """Heads of blocks by (run, number): an array of HEAD. One statement; looks at all heads of the runs."""
    if all(window.is_whole for window in windows):
        runs = [window.run for window in windows]
        sql = (
            f"SELECT {head_columns(along)} FROM runs_metricblock b"
            f" WHERE b.run_id IN {in_list(runs)} AND b.key_id = %s ORDER BY b.run_id, number"
        )
        return fetch_array(sql, [*runs, key], HEAD)
    sql = (
        f"WITH {looked_at(windows)}, reach(run_id, low, high) AS (SELECT w.run_id,"
        f" COALESCE(max(CASE WHEN {along.high} < w.low THEN {along.high} END), w.low),"
        f" COALESCE(min(CASE WHEN {along.low} > w.high THEN {along.low} END), w.high)"
        " FROM w CROSS JOIN runs_metricblock b WHERE b.run_id = w.run_id AND b.key_id = %s"
        " GROUP BY w.run_id, w.low, w.high)"
        f" SELECT {head_columns(along)} FROM reach CROSS JOIN runs_metricblock b"
        f" WHERE b.run_id = reach.run_id AND b.key_id = %s AND {along.high} >= reach.low AND {along.low} <= reach.high"
        " ORDER BY b.run_id, number"
    )
    return fetch_array(sql, [*ends(windows), key, key], HEAD)


def rows_in(windows: Sequence[Window], key: int, along: Along) -> np.ndarray:
    """Points in no block by (run, step, timestamp, value): an array of ROW, NaN in `value`. One statement.

    They are laid out by step: of a range of time all of the run's are answered.
    """
    columns = f"SELECT p.run_id, p.{along.point}, p.value, p.is_nan FROM"
    order = "ORDER BY p.run_id, p.step, p.timestamp, p.value, p.is_nan"
    if along is Along.TIME or all(window.is_whole for window in windows):
        runs = [window.run for window in windows]
        sql = f"{columns} runs_metricpoint p WHERE p.run_id IN {in_list(runs)} AND p.key_id = %s {order}"
        rows = fetch_array(sql, [*runs, key], ROW)
    else:
        nearest = "(SELECT {}(step) FROM runs_metricpoint q WHERE q.run_id = w.run_id AND q.key_id = %s AND q.step {})"
        sql = (
            f"WITH {looked_at(windows)} {columns} w CROSS JOIN runs_metricpoint p"
            " WHERE p.run_id = w.run_id AND p.key_id = %s"
            f" AND p.step >= COALESCE({nearest.format('max', '< w.low')}, w.low)"
            f" AND p.step <= COALESCE({nearest.format('min', '> w.high')}, w.high) {order}"
        )
        rows = fetch_array(sql, [*ends(windows), key, key, key], ROW)
    rows["value"][rows["is_nan"]] = np.nan
    return rows


def earliest_times(runs: Sequence[int], key: int) -> dict[int, int]:
    """The least timestamp of each run that has points. One statement."""
    chosen = f"WHERE run_id IN {in_list(runs)} AND key_id = %s GROUP BY run_id"
    with reading_cursor() as cursor:
        cursor.execute(
            f"SELECT run_id, min(least) FROM (SELECT run_id, min(earliest) AS least FROM runs_metricblock {chosen}"
            f" UNION ALL SELECT run_id, min(timestamp) FROM runs_metricpoint {chosen}) AS parts GROUP BY run_id",
            [*runs, key, *runs, key],
        )
        return dict(cursor.fetchall())


def looked_at(windows: Sequence[Window]) -> str:
    row = "(CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint))"
    return f"w(run_id, low, high) AS (VALUES {', '.join([row] * len(windows))})"


def ends(windows: Sequence[Window]) -> list[int]:
    return [value for window in windows for value in (window.run, window.low, window.high)]


def fetch_array(sql: str, params: Sequence, dtype: np.dtype) -> np.ndarray:
    """Rows as an array, read one by one: a list of a million tuples would take ten times its memory."""
    with reading_cursor() as cursor:
        cursor.execute(sql, params)
        return np.fromiter(cursor, dtype)
