"""Points in, summary kept. Inside a write transaction that holds the run's row."""

from collections import defaultdict
from collections.abc import Iterable

from runs.metrics.summary import StoredPoint, Summary, merge, summarise
from trackui.db import fetch_all, in_list, insert_rows

POINT_COLUMNS = ("run_id", "key_id", "step", "timestamp", "value", "is_nan")
POINT_IDENTITY = f"({', '.join(POINT_COLUMNS)}) DO NOTHING"
SUMMARY_COLUMNS = ("run_id", "key_id", "experiment_id", *Summary._fields)
SUMMARY_UPSERT = "(run_id, key_id) DO UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in Summary._fields)


def append_points(
    *, run: int, experiment: int, points: Iterable[tuple[int, int, int, float, bool]]
) -> list[int]:
    """Store points (key, step, timestamp, value, is_nan) of one run; equal points count once.

    Answers the keys the run did not have before. Three statements when all points are later than
    what is stored, as in training; one more for points that may be there already. The work is in
    proportion to the batch, never to the run.
    """
    by_key: dict[int, set[StoredPoint]] = defaultdict(set)
    for key, *point in points:
        by_key[key].add(tuple(point))
    if not by_key:
        return []
    stored = _stored_summaries(run, list(by_key))
    fresh: list[tuple] = []
    doubtful: list[tuple] = []
    for key, key_points in by_key.items():
        summary = stored.get(key)
        is_later = summary is None or min(key_points)[:2] > summary.last_point[:2]
        (fresh if is_later else doubtful).extend((run, key, *point) for point in key_points)
    insert_rows("runs_metricpoint", POINT_COLUMNS, fresh, on_conflict=POINT_IDENTITY)
    if doubtful:
        fresh += _insert_unless_there(doubtful)
    _merge_summaries(run, experiment, stored, fresh)
    return [key for key in by_key if key not in stored]


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


def _insert_unless_there(rows: list[tuple]) -> list[tuple]:
    """The rows that were new; the database compares them, by the primary key."""
    returned = insert_rows(
        "runs_metricpoint", POINT_COLUMNS, rows, on_conflict=POINT_IDENTITY, returning=", ".join(POINT_COLUMNS)
    )
    return [(*row[:5], bool(row[5])) for row in returned]


def _merge_summaries(run: int, experiment: int, stored: dict[int, Summary], fresh: list[tuple]) -> None:
    by_key: dict[int, list[StoredPoint]] = defaultdict(list)
    for _, key, *point in fresh:
        by_key[key].append(tuple(point))
    rows = []
    for key in sorted(by_key):
        summary = summarise(sorted(by_key[key]))
        if key in stored:
            summary = merge(stored[key], summary)
        rows.append((run, key, experiment, *summary))
    insert_rows("runs_metricsummary", SUMMARY_COLUMNS, rows, on_conflict=SUMMARY_UPSERT)
