"""Rows of points, in pieces by the primary key."""

from collections.abc import Iterator

import numpy as np
from django.db import connection

from runs.metrics.codec import Line

ROWS_A_PIECE = 16_384
ROW = np.dtype([("step", "i8"), ("timestamp", "i8"), ("value", "f8"), ("is_nan", "?")])


def pieces_of_rows(
    run: int, key: int, *, after: tuple | None = None, count: int = ROWS_A_PIECE
) -> Iterator[tuple[tuple | None, Line]]:
    """Lines of `count` points, each with the row it comes after, as stored. A statement each."""
    while True:
        condition = "TRUE" if after is None else "(step, timestamp, value, is_nan) > (%s, %s, %s, %s)"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT step, timestamp, value, is_nan FROM runs_metricpoint WHERE run_id = %s AND key_id = %s"
                f" AND {condition} ORDER BY step, timestamp, value, is_nan LIMIT %s",
                [run, key, *(after or ()), count],
            )
            rows = np.fromiter(cursor, dtype=ROW)
        if len(rows):
            yield after, line_of_rows(rows)
        if len(rows) < count:
            return
        after = rows[-1].item()


def line_of_rows(rows: np.ndarray) -> Line:
    return Line(rows["step"], rows["timestamp"], np.where(rows["is_nan"], np.nan, rows["value"]))
