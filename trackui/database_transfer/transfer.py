"""A whole database from one store to another: begun, gone on with after an interruption, verified."""

from typing import TextIO

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.ledger import Ledger, fingerprint
from trackui.database_transfer.migrating import migrate
from trackui.database_transfer.opening import open_store, vendor_of
from trackui.database_transfer.progress import Progress
from trackui.database_transfer.ranges import cut
from trackui.database_transfer.schema import applied_migrations, check_schema
from trackui.database_transfer.store import explained
from trackui.database_transfer.tables import Table, all_tables
from trackui.database_transfer.verification import TableCheck, check_table


class Transfer:
    """`source`, `target`: URLs. Lines that tell how it goes are written to `stream`."""

    def __init__(self, source: str, target: str, *, stream: TextIO) -> None:
        if vendor_of(source) == vendor_of(target):
            raise TransferError(
                "Source and target are of one kind. Copy SQLite with its .backup command, PostgreSQL with pg_dump."
            )
        self.target_url = target
        self.stream = stream
        self.tables = all_tables()
        self.source = open_store(source, is_source=True)
        with explained(self.source, "The source cannot be read"):
            check_schema(self.source, "source")
        self.target = open_store(target, is_source=False)
        self.ledger = Ledger(self.target)

    def run(self) -> list[TableCheck]:
        """What the verification found for each table; the target is complete where it found no problem."""
        with explained(self.target, "The target cannot be prepared"):
            self.prepare()
        self.copy()
        self.finish()
        checks = self.verify()
        if not any(check.problems for check in checks):
            self.ledger.close()
        return checks

    def prepare(self) -> None:
        self.ledger.open(fingerprint(applied_migrations(self.source)), self.tables)
        if not self.ledger.is_prepared:
            self.say("Making the tables.")
            migrate(self.target_url)
        check_schema(self.target, "target")
        if not self.ledger.is_prepared:
            with self.target.transaction():
                statements = self.target.set_aside()
                for table in self.tables:
                    # Migrations store some rows of their own; the source has them too.
                    self.target.execute(f'DELETE FROM "{table.name}"')
                self.ledger.set_prepared(statements)

    def copy(self) -> None:
        with self.source.snapshot():
            ranges = {table: self.ledger.ranges(table) for table in self.tables}
            done = sum(copied.row_count for of_table in ranges.values() for copied in of_table)
            if done:
                self.say(f"Going on after {done:,} rows.")
            with Progress(self.stream, "copied", self.count(), done=done) as progress:
                for table in self.tables:
                    progress.part = table.name
                    self.copy_table(table, len(ranges[table]), progress, after=_last_key(ranges[table]))
                progress.part = ""

    def copy_table(self, table: Table, number: int, progress: Progress, *, after: tuple | None) -> None:
        with explained(self.source, f"Reading {table.name}"):
            for rows, copied in cut(table, self.source.read(table, after=after)):
                with explained(self.target, f"Writing {table.name} after {after}"), self.target.transaction():
                    self.target.write(table, rows)
                    self.ledger.add(table, number, copied)
                number, after = number + 1, copied.last_key
                progress.advance(copied.row_count)

    def finish(self) -> None:
        self.say("Building indexes and references.")
        for number, statement in self.ledger.statements():
            with explained(self.target, statement):
                self.ledger.run_statement(number, statement)
        for table in self.tables:
            if table.numbered:
                self.target.continue_numbers(table, self.source.last_number(table))
        if broken := self.target.settle():
            raise TransferError("\n".join(broken))

    def verify(self) -> list[TableCheck]:
        with (
            self.source.snapshot(),
            self.target.snapshot(),
            Progress(self.stream, "verified", self.count()) as progress,
        ):
            checks = []
            for table in self.tables:
                progress.part = table.name
                checks.append(check_table(self.source, self.target, self.ledger, table, progress))
            progress.part = ""
            return checks

    def count(self) -> int:
        return sum(self.source.execute(f'SELECT count(*) FROM "{table.name}"')[0][0] for table in self.tables)

    def say(self, line: str) -> None:
        self.stream.write(f"{line}\n")
        self.stream.flush()

    def close(self) -> None:
        self.source.close()
        self.target.close()


def _last_key(ranges: list) -> tuple | None:
    return ranges[-1].last_key if ranges else None
