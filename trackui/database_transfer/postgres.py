"""PostgreSQL as source or target of a transfer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from trackui.database_transfer.json_text import alike
from trackui.database_transfer.store import FETCHED_ROWS, names
from trackui.database_transfer.tables import Column, Kind, Table

# A column as SQLite would hand it over.
READ = {
    Kind.FLOAT: "{} + 0::float8",
    Kind.BOOLEAN: "{}::integer",
    Kind.INSTANT: (
        "to_char({0}, CASE WHEN date_trunc('second', {0}) = {0} "
        "THEN 'YYYY-MM-DD HH24:MI:SS' ELSE 'YYYY-MM-DD HH24:MI:SS.US' END)"
    ),
    Kind.UUID: "replace({}::text, '-', '')",
    Kind.JSON: "{}::text",
}
# Such a value, to be compared with the column.
BOUND = {
    Kind.INTEGER: "%s::bigint",
    Kind.FLOAT: "%s::float8",
    Kind.BOOLEAN: "%s::integer::boolean",
    Kind.INSTANT: "%s::timestamptz",
    Kind.UUID: "%s::uuid",
}
SETTINGS = {
    "TimeZone": "UTC",
    "statement_timeout": "0",
    "lock_timeout": "10000",
    # What a crash of the server takes back it takes from rows and ledger alike.
    "synchronous_commit": "off",
    "maintenance_work_mem": "262144",
}
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = current_schema()::regnamespace AND NOT indisunique ORDER BY 1
"""
REFERENCES = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'f' ORDER BY 1, 2
"""


class PostgresStore:
    vendor = "postgresql"
    error = psycopg.Error

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, application_name="trackui transfer")
        for name, value in SETTINGS.items():
            self.execute("SELECT set_config(%s, %s, false)", [name, value])

    def execute(self, sql: str, params: Sequence = ()) -> list[tuple]:
        cursor = self.connection.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else []

    def transaction(self):
        return self.connection.transaction()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.transaction():
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def read(self, table: Table, *, after: tuple | None = None, until: tuple | None = None) -> Iterator[list[tuple]]:
        """Inside a transaction."""
        columns = ", ".join(READ.get(column.kind, "{}").format(f'"{column.name}"') for column in table.columns)
        key = ", ".join(map(ordered, table.key))
        place = ", ".join(BOUND.get(column.kind, "%s") for column in table.key)
        bounds = [(f"({key}) > ({place})", after), (f"({key}) <= ({place})", until)]
        where = " AND ".join(condition for condition, bound in bounds if bound is not None) or "TRUE"
        params = [value for _, bound in bounds if bound is not None for value in bound]
        with self.connection.cursor(name="transfer") as cursor:
            sql = f'SELECT {columns} FROM "{table.name}" WHERE {where} ORDER BY {key}'
            cursor.execute(sql, params or None, binary=True)
            while rows := cursor.fetchmany(FETCHED_ROWS):
                yield alike(table, rows)

    def write(self, table: Table, rows: Sequence[tuple]) -> None:
        with self.connection.cursor() as cursor:
            with cursor.copy(f'COPY "{table.name}" ({names(table.columns)}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)

    def table_names(self) -> set[str]:
        return {name for (name,) in self.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}

    def sequence(self, table: Table) -> str:
        return self.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.numbered])[0][0]

    def last_number(self, table: Table) -> int:
        last, is_given = self.execute(f"SELECT last_value, is_called FROM {self.sequence(table)}")[0]
        return last if is_given else 0

    def continue_numbers(self, table: Table, last: int) -> None:
        stored = self.execute(f'SELECT max("{table.numbered}") FROM "{table.name}"')[0][0]
        last = max(last, stored or 0)
        self.execute("SELECT setval(%s, %s, %s)", [self.sequence(table), max(last, 1), last > 0])

    def set_aside(self) -> list[str]:
        """References between tables too, which would be looked up row by row."""
        references, indexes = self.execute(REFERENCES), self.execute(INDEXES)
        for table, name, _ in references:
            self.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            self.execute(f"DROP INDEX {name}")
        return [definition for _, definition in indexes] + [
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in references
        ]

    def settle(self) -> list[str]:
        """References were checked as they were made. Reads of indexes alone need to know which pages are settled."""
        self.execute("VACUUM (ANALYZE)")
        return []

    def close(self) -> None:
        self.connection.close()


def ordered(column: Column) -> str:
    """By code point for text, as SQLite sorts, whatever the language of the database."""
    return f'"{column.name}" COLLATE "C"' if column.kind is Kind.TEXT else f'"{column.name}"'
