"""How far a transfer has come: kept in the target, each entry in the transaction of what it tells of."""

import hashlib
from dataclasses import dataclass

import msgspec

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.store import Store
from trackui.database_transfer.tables import Table

CREATE = (
    "CREATE TABLE trackui_transfer (source varchar(64) NOT NULL, is_prepared integer NOT NULL)",
    "CREATE TABLE trackui_transfer_range (table_name varchar(200) NOT NULL, number integer NOT NULL, "
    "last_key text NOT NULL, row_count integer NOT NULL, digest varchar(64) NOT NULL, "
    "PRIMARY KEY (table_name, number))",
    "CREATE TABLE trackui_transfer_statement (number integer PRIMARY KEY, statement text NOT NULL)",
)
# There while a database is the target of a transfer.
IN_TRANSFER = "trackui_transfer"
TABLES = (IN_TRANSFER, "trackui_transfer_range", "trackui_transfer_statement")


@dataclass(frozen=True)
class Range:
    """Rows that lie together by primary key, copied in one transaction."""

    last_key: tuple
    row_count: int
    # Over the rows in the order of their keys, hexadecimal.
    digest: str


class Ledger:
    def __init__(self, target: Store) -> None:
        self.target = target

    def open(self, source: str, tables: list[Table]) -> None:
        """Begin, or go on with, the transfer from the source of that fingerprint; refuse any other target."""
        existing = self.target.table_names()
        if IN_TRANSFER in existing:
            if self.target.execute("SELECT source FROM trackui_transfer") != [(source,)]:
                raise TransferError("The target holds a half-done transfer from another source. Give an empty one.")
            return
        taken = sorted(existing & {"django_migrations", *(table.name for table in tables)})
        if taken:
            raise TransferError(f"The target is not empty: it has the table {taken[0]}. Nothing was changed.")
        with self.target.transaction():
            for statement in CREATE:
                self.target.execute(statement)
            self.target.execute("INSERT INTO trackui_transfer VALUES (%s, 0)", [source])

    @property
    def is_prepared(self) -> bool:
        return bool(self.target.execute("SELECT is_prepared FROM trackui_transfer")[0][0])

    def set_prepared(self, statements: list[str]) -> None:
        """The target is ready for rows; `statements` are to be run once all are there."""
        for number, statement in enumerate(statements):
            self.target.execute("INSERT INTO trackui_transfer_statement VALUES (%s, %s)", [number, statement])
        self.target.execute("UPDATE trackui_transfer SET is_prepared = 1")

    def statements(self) -> list[tuple[int, str]]:
        return self.target.execute("SELECT number, statement FROM trackui_transfer_statement ORDER BY number")

    def run_statement(self, number: int, statement: str) -> None:
        with self.target.transaction():
            self.target.execute(statement)
            self.target.execute("DELETE FROM trackui_transfer_statement WHERE number = %s", [number])

    def ranges(self, table: Table) -> list[Range]:
        found = self.target.execute(
            "SELECT last_key, row_count, digest FROM trackui_transfer_range WHERE table_name = %s ORDER BY number",
            [table.name],
        )
        return [Range(_key(text), count, digest) for text, count, digest in found]

    def add(self, table: Table, number: int, copied: Range) -> None:
        """Another transfer at work on the same target fails here, by the primary key, with all it has copied."""
        key = msgspec.msgpack.encode(copied.last_key).hex()
        self.target.execute(
            "INSERT INTO trackui_transfer_range VALUES (%s, %s, %s, %s, %s)",
            [table.name, number, key, copied.row_count, copied.digest],
        )

    def close(self) -> None:
        with self.target.transaction():
            for table in TABLES:
                self.target.execute(f"DROP TABLE {table}")


def _key(text: str) -> tuple:
    return msgspec.msgpack.decode(bytes.fromhex(text), type=tuple)


def fingerprint(migrations: list[tuple]) -> str:
    """Tells a database from others by when each of its migrations was applied, to the microsecond."""
    return hashlib.sha256(msgspec.json.encode(sorted(migrations))).hexdigest()
