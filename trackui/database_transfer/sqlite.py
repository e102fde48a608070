"""SQLite as source or target of a transfer."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.json_text import alike
from trackui.database_transfer.store import FETCHED_ROWS, names
from trackui.database_transfer.tables import Table

CACHE_KIB = 32 * 1024


class SqliteStore:
    vendor = "sqlite"
    error = sqlite3.Error

    def __init__(self, path: Path, *, is_source: bool) -> None:
        if is_source and not path.is_file():
            raise TransferError(f"There is no file {path}.")
        self.connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if is_source else 'rwc'}", uri=True, isolation_level=None
        )
        self.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        if not is_source:
            path.chmod(0o600)
            # A process that is killed loses nothing; when the power fails, rows and ledger lose the same.
            self.execute("PRAGMA journal_mode=WAL")
            self.execute("PRAGMA synchronous=NORMAL")

    def execute(self, sql: str, params: Sequence = ()) -> list[tuple]:
        return self.connection.execute(sql.replace("%s", "?"), params).fetchall()

    @contextmanager
    def transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        self.execute(begin)
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def snapshot(self):
        return self.transaction("BEGIN")

    def read(self, table: Table, *, after: tuple | None = None, until: tuple | None = None) -> Iterator[list[tuple]]:
        key = f"({names(table.key)})"
        place = f"({', '.join('?' * len(table.key))})"
        bounds = [(f"{key} > {place}", after), (f"{key} <= {place}", until)]
        where = " AND ".join(condition for condition, bound in bounds if bound is not None) or "TRUE"
        params = [value for _, bound in bounds if bound is not None for value in bound]
        sql = f'SELECT {names(table.columns)} FROM "{table.name}" WHERE {where} ORDER BY {names(table.key)}'
        cursor = self.connection.execute(sql, params)
        try:
            while rows := cursor.fetchmany(FETCHED_ROWS):
                yield alike(table, rows)
        finally:
            cursor.close()

    def write(self, table: Table, rows: Sequence[tuple]) -> None:
        places = ", ".join("?" * len(table.columns))
        self.connection.executemany(f'INSERT INTO "{table.name}" ({names(table.columns)}) VALUES ({places})', rows)

    def table_names(self) -> set[str]:
        return {name for (name,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def last_number(self, table: Table) -> int:
        found = self.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        return found[0][0] if found else 0

    def continue_numbers(self, table: Table, last: int) -> None:
        # Stored numbers have been counted as they were inserted.
        last = max(last, self.last_number(table))
        self.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
        self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])

    def set_aside(self) -> list[str]:
        found = self.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY name"
        )
        for name, _ in found:
            self.execute(f'DROP INDEX "{name}"')
        return [sql for _, sql in found]

    def settle(self) -> list[str]:
        broken = self.execute('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2')
        return [f"{table}: {count:,} rows refer to rows that {parent} does not have" for table, parent, count in broken]

    def close(self) -> None:
        self.connection.close()
