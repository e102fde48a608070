"""What a database of trackui takes on disk: by table and index, a run and a point.

TRACKUI_DATA=/tmp/large .venv/bin/python -m benchmarks.sizes
"""

import benchmarks.own_database  # noqa: F401 - before models are imported
from benchmarks.table import print_table
from trackui.db import fetch_all, is_sqlite

TABLE_OF_INDEX_SQLITE = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"
BYTES_SQLITE = "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE"
BYTES_POSTGRESQL = """
    SELECT t.relname, i.relname, pg_relation_size(i.oid)
    FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE starts_with(t.relname, 'runs_')
    UNION ALL
    SELECT relname, '', pg_table_size(oid) FROM pg_class WHERE relkind = 'r' AND starts_with(relname, 'runs_')
"""
POINT_TABLES = ("runs_metricpoint", "runs_metricblock", "runs_metricblockdata")


def print_sizes() -> None:
    sizes = table_sizes()
    runs = fetch_all("SELECT COUNT(*) FROM runs_run")[0][0]
    points = int(fetch_all("SELECT COALESCE(SUM(count), 0) FROM runs_metricsummary")[0][0])
    rows = [
        (table, index, size / 1e6, size / max(runs, 1), size / max(points, 1) if table in POINT_TABLES else "")
        for table, index, size in sizes
    ]
    of_points = sum(size for table, _, size in sizes if table in POINT_TABLES)
    total = database_size()
    rows.append(("all", "", total / 1e6, total / max(runs, 1), of_points / max(points, 1)))
    print_table(
        f"{runs:,} runs, {points:,} points on disk",
        ("table", "index", "MB", "bytes a run", "bytes a point"),
        rows,
    )


def table_sizes() -> list[tuple[str, str, int]]:
    """(table, index or nothing, bytes) of what is a thousandth of the whole at least; the largest table first."""
    rows = _sqlite_sizes() if is_sqlite() else fetch_all(BYTES_POSTGRESQL)
    least = database_size() / 1000
    rows = [row for row in rows if row[2] >= least]
    totals: dict[str, int] = {}
    for table, _, size in rows:
        totals[table] = totals.get(table, 0) + size
    return sorted(rows, key=lambda row: (-totals[row[0]], row[0], row[1]))


def _sqlite_sizes() -> list[tuple[str, str, int]]:
    table_of = dict(fetch_all(TABLE_OF_INDEX_SQLITE))
    sizes = fetch_all(BYTES_SQLITE)
    return [(table_of.get(name, name), name if name in table_of else "", size) for name, size in sizes]


def database_size() -> int:
    """Bytes of the whole database, its log of changes apart."""
    if is_sqlite():
        return fetch_all("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")[0][0]
    return fetch_all("SELECT pg_database_size(current_database())")[0][0]


if __name__ == "__main__":
    print_sizes()
