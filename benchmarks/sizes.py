"""What a database of trackui takes on disk."""

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
