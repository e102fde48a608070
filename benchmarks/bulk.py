"""Rows into trackui's database as fast as it takes them.

For databases that only benchmarks use: a crash while this is at work leaves one that is to be thrown away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection, models

from trackui.db import fetch_all, in_list, insert_rows, is_sqlite

QUICK = {
    "sqlite": (
        "PRAGMA journal_mode=OFF",
        "PRAGMA synchronous=OFF",
        "PRAGMA foreign_keys=OFF",
        "PRAGMA cache_size=-524288",
    ),
    "postgresql": (
        "SET statement_timeout = 0",
        "SET synchronous_commit = off",
        "SET maintenance_work_mem = '512MB'",
    ),
}


def copy_rows(table: str, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    """In the open transaction: COPY on PostgreSQL, one prepared statement on SQLite."""
    if is_sqlite():
        insert_rows(table, columns, rows)
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def bulk_load(tables: Sequence[str]) -> Iterator[None]:
    """Inside, these tables have no secondary indexes and no foreign keys, and nothing is synced to disk.

    At the end they are made again, and the database's statistics are brought up to date.
    """
    execute(*QUICK[connection.vendor])
    dropped, restored = (_indexes if is_sqlite() else _indexes_and_foreign_keys)(tables)
    execute(*dropped)
    yield
    execute(*restored)
    execute("ANALYZE" if is_sqlite() else "VACUUM ANALYZE")
    _forget_settings()


def _forget_settings() -> None:
    """The next connection has those of trackui."""
    connection.close()
    if not is_sqlite():
        connection.close_pool()


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _indexes(tables: Sequence[str]) -> tuple[list[str], list[str]]:
    """Statements that drop them, and that make them again. Those of keys are a part of their table."""
    found = fetch_all(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN {in_list(tables)} ORDER BY name",
        tables,
    )
    return [f'DROP INDEX "{name}"' for name, _ in found], [sql for _, sql in found]


def _indexes_and_foreign_keys(tables: Sequence[str]) -> tuple[list[str], list[str]]:
    indexes = fetch_all(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE indrelid::regclass::text IN {in_list(tables)}"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1",
        tables,
    )
    foreign_keys = fetch_all(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE contype = 'f' AND conrelid::regclass::text IN {in_list(tables)} ORDER BY 1, 2",
        tables,
    )
    dropped = [f"DROP INDEX {name}" for name, _ in indexes]
    dropped += [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in foreign_keys]
    restored = [sql for _, sql in indexes]
    restored += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {sql}" for table, name, sql in foreign_keys]
    return dropped, restored


def next_id(table: str) -> int:
    return fetch_all(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")[0][0]


def continue_ids(model: type[models.Model]) -> None:
    """Let the database hand out ids past those that were given."""
    execute(*connection.ops.sequence_reset_sql(no_style(), [model]))
