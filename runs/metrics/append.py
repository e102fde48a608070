"""Points in, summary kept. Inside a write transaction that holds the run's row."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from runs.metrics.points import Columns, StoredPoint, in_order
from runs.metrics.summary import Summary, merge, summarise
from trackui.db import fetch_all, in_list, insert_rows

POINT_COLUMNS = ("run_id", "key_id", "step", "timestamp", "value", "is_nan")
POINT_IDENTITY = f"({', '.join(POINT_COLUMNS)}) DO NOTHING"
SUMMARY_COLUMNS = ("run_id", "key_id", "experiment_id", *Summary._fields)
SUMMARY_UPSERT = "(run_id, key_id) DO UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in Summary._fields)

K = TypeVar("K", str, int)


class KeyPoints(NamedTuple):
    """New points of one metric, sorted and each once, and what they come to."""

    points: list[StoredPoint]
    summary: Summary


def gather_points(points: Mapping[K, Columns]) -> dict[K, KeyPoints]:
    """What is to be stored of each key. Needs no database: do it before the transaction."""
    return {key: _key_points(in_order(columns).stored()) for key, columns in points.items()}


def _key_points(ordered: list[StoredPoint]) -> KeyPoints:
    return KeyPoints(ordered, summarise(ordered))


def append_points(*, run: int, experiment: int, gathered: Mapping[int, KeyPoints]) -> list[int]:
    """Store points of one run, gathered by key; equal points count once.

    Answers the keys the run did not have before. Three statements when all points are later than
    what is stored, as in training; one more for points that may be there already. The work is in
    proportion to the batch, never to the run.
    """
    if not gathered:
        return []
    stored = _stored_summaries(run, list(gathered))
    fresh: dict[int, KeyPoints] = {}
    doubtful: dict[int, KeyPoints] = {}
    for key, new in gathered.items():
        is_later = key not in stored or new.points[0][:2] > stored[key].last_point[:2]
        (fresh if is_later else doubtful)[key] = new
    insert_rows("runs_metricpoint", POINT_COLUMNS, _rows(run, fresh), on_conflict=POINT_IDENTITY)
    if doubtful:
        fresh |= _insert_unless_there(run, doubtful)
    rows = [
        (run, key, experiment, *(merge(stored[key], new.summary) if key in stored else new.summary))
        for key, new in sorted(fresh.items())
    ]
    insert_rows("runs_metricsummary", SUMMARY_COLUMNS, rows, on_conflict=SUMMARY_UPSERT)
    return [key for key in gathered if key not in stored]


def _rows(run: int, gathered: Mapping[int, KeyPoints]) -> list[tuple]:
    """In the order of the primary key, which is how the table is laid out."""
    return [(run, key, *point) for key in sorted(gathered) for point in gathered[key].points]


def _stored_summaries(run: int, keys: list[int]) -> dict[int, Summary]:
    found: dict[int, Summary] = {}
    columns = ", ".join(Summary._fields)
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        rows = fetch_all(
            f"SELECT key_id, {columns} FROM runs_metricsummary WHERE run_id = %s AND key_id IN {in_list(chunk)}",
            [run, *chunk],
        )
        found |= {key: Summary(*columns) for key, *columns in rows}
    return found


def _insert_unless_there(run: int, doubtful: Mapping[int, KeyPoints]) -> dict[int, KeyPoints]:
    """Those of the points that were new; the database compares them, by the primary key."""
    returned = insert_rows(
        "runs_metricpoint",
        POINT_COLUMNS,
        _rows(run, doubtful),
        on_conflict=POINT_IDENTITY,
        returning="key_id, step, timestamp, value, is_nan",
    )
    by_key: dict[int, list[StoredPoint]] = defaultdict(list)
    for key, step, timestamp, value, is_nan in returned:
        by_key[key].append((step, timestamp, value, bool(is_nan)))
    return {key: _key_points(sorted(points)) for key, points in by_key.items()}
