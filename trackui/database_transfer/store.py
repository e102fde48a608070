"""What a transfer asks of a database, whichever it is."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.tables import Table

# Rows fetched at a time: the largest are blocks of points, some 40 kB each.
FETCHED_ROWS = 256


class Store(Protocol):
    """One open connection. Rows are tuples in the forms of `tables.Kind`, keys as the primary key sorts them."""

    vendor: str
    # What the driver raises.
    error: type[Exception]

    def execute(self, sql: str, params: Sequence = ()) -> list[tuple]:
        """Any statement; values stand as %s in it."""

    def transaction(self) -> AbstractContextManager: ...

    def snapshot(self) -> AbstractContextManager:
        """Inside, all reads see the database as it was at the first."""

    def read(self, table: Table, *, after: tuple | None = None, until: tuple | None = None) -> Iterator[list[tuple]]:
        """Rows by primary key, some at a time, of keys past `after` up to `until`. Memory does not grow with them."""

    def write(self, table: Table, rows: Sequence[tuple]) -> None: ...

    def table_names(self) -> set[str]: ...

    def last_number(self, table: Table) -> int:
        """The greatest number that the table's numbered column ever gave out; 0 for none."""

    def continue_numbers(self, table: Table, last: int) -> None:
        """Give out numbers past `last` and past all that are stored."""

    def set_aside(self) -> list[str]:
        """Drop what can be built quicker over full tables; answers the statements that build it."""

    def settle(self) -> list[str]:
        """After the load; answers what is wrong with references between tables."""

    def close(self) -> None: ...


def names(columns) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


@contextmanager
def explained(store: Store, what: str) -> Iterator[None]:
    """Errors of the driver, told with what was being done."""
    try:
        yield
    except store.error as error:
        raise TransferError(f"{what}: {str(error).strip()}") from error
