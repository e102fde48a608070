"""Writes that behave alike on SQLite and PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.apps import apps
from django.db import Error, connection, connections, migrations, models, transaction
from django.db.backends.utils import CursorWrapper

from trackui.array_literals import array_literal
from trackui.db_faults import is_fault, told
from trackui.errors import TemporarilyUnavailable
from trackui.replica import reading_alias
from trackui.space import lacks_space_now
from trackui.writer_lock import writer_lock

M = TypeVar("M", bound=models.Model)

# Holds a row against other writers, and lets rows that refer to it be written.
HELD = "FOR NO KEY UPDATE"
# Lets others hold it like this too, and nobody change it.
SHARED = "FOR SHARE"
# Lets it be changed, but not deleted: for rows that are to refer to it.
KEPT = "FOR KEY SHARE"

# Both servers take more; longer statements only cost more to parse.
ROWS_A_STATEMENT = 500
# From so many values on, PostgreSQL takes arrays of columns quicker than rows: four times, for a thousand points.
VALUES_OF_ARRAYS = 150


@cache
def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


@contextmanager
def write_transaction(*, when_full: bool = False) -> Iterator[None]:
    """One durable transaction: what is written inside is on disk when the block has ended.

    On SQLite the block waits its turn for the one writer lock, on PostgreSQL for rows that others hold;
    RequestLimitExceeded when that takes too long or leads in a circle, and then nothing was done.
    TemporarilyUnavailable when the database fails; its message says whether the outcome is unknown.
    `when_full`: also when the disk is left less room than it should have, for what frees some.
    Must be outermost. `trackui.transactions` has the form that is repeated.
    """
    if is_sqlite() and not when_full and lacks_space_now(_folder_of(connection.settings_dict["NAME"])):
        raise TemporarilyUnavailable("The disk is full: nothing was written, and reading goes on.", retry_after=30)
    committing = False
    try:
        with writer_lock() if is_sqlite() else nullcontext(), transaction.atomic(durable=True):
            with nullcontext() if is_sqlite() else _prepared_statements():
                yield
            committing = True
    except Error as error:
        if is_fault(error):
            raise told(error, committing=committing) from error
        raise


@contextmanager
def _prepared_statements() -> Iterator[None]:
    """PostgreSQL keeps the plans of statements inside that come again (`prepare_threshold` in settings.py).

    Those of writes find rows by their keys: one plan serves all. Others are planned for the values they have.
    """
    from django.db.backends.postgresql.base import ServerBindingCursor

    session = connection.connection
    usual, session.cursor_factory = session.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        session.cursor_factory = usual


@contextmanager
def read_snapshot() -> Iterator[None]:
    """All statements inside see one state of the database, whatever is written meanwhile. For reads alone.

    Waits for nobody and holds nobody up, but SQLite cannot shorten its log meanwhile: keep it short, and never
    open while an answer is being sent. Inside a transaction it is that one.
    """
    connection = connections[reading_alias()]
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as stack:
        if is_sqlite():
            with _deferred_begin():
                stack.enter_context(transaction.atomic())
        else:
            stack.enter_context(transaction.atomic(using=connection.alias))
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred_begin() -> Iterator[None]:
    """Transactions that begin here take no lock to write; others do from their beginning (settings.py)."""
    connection.ensure_connection()
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = usual


# 256 MiB of pages, and a log of 200 MB before its pages go to their places, most of them once and not each time.
MANY_ROWS = {"cache_size": -262_144, "wal_autocheckpoint": 50_000}


@contextmanager
def many_rows() -> Iterator[None]:
    """For writes of so many rows that they touch pages of indexes all over; settings of SQLite, for this connection."""
    if not is_sqlite():
        yield
        return
    with connection.cursor() as cursor:
        usual = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in MANY_ROWS}
    try:
        _set_pragmas(MANY_ROWS)
        yield
    finally:
        _set_pragmas(usual)


def _set_pragmas(values: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"PRAGMA {name}={value}")


@cache
def _folder_of(path: str | Path) -> Path:
    return Path(path).parent


def placeholders(rows: int, columns: int) -> str:
    """`(%s, %s), (%s, %s)` for a VALUES list."""
    row = f"({', '.join(['%s'] * columns)})"
    return ", ".join([row] * rows)


def insert_rows(
    table: str, columns: Sequence[str], rows: Sequence[tuple], *, on_conflict: str = "", returning: str = ""
) -> list[tuple]:
    """Insert rows in as few statements as serve; answers what RETURNING gives, else nothing.

    `on_conflict` is the clause after ON CONFLICT, such as `DO NOTHING`. Names come from code, never
    from input.
    """
    if not rows:
        return []
    tail = (f" ON CONFLICT {on_conflict}" if on_conflict else "") + (f" RETURNING {returning}" if returning else "")
    head = f"INSERT INTO {table} ({', '.join(columns)}) "
    with connection.cursor() as cursor:
        if is_sqlite():
            return _insert_stepwise(cursor, head, tail, rows, returns=bool(returning))
        if len(rows) * len(columns) < VALUES_OF_ARRAYS:
            cursor.execute(f"{head}VALUES {placeholders(len(rows), len(columns))}{tail}", _values(rows))
        else:
            types = _column_types(table)
            arrays = ", ".join(f"%s::{types[column]}[]" for column in columns)
            literals = [array_literal(values) for values in zip(*rows, strict=True)]
            cursor.execute(f"{head}SELECT * FROM unnest({arrays}){tail}", literals)
        return cursor.fetchall() if returning else []


def _insert_stepwise(
    cursor: CursorWrapper, head: str, tail: str, rows: Sequence[tuple], *, returns: bool
) -> list[tuple]:
    """SQLite steps one prepared statement in C quicker than it parses a long VALUES list."""
    columns = len(rows[0])
    if not returns and len(rows) > 1:
        cursor.executemany(f"{head}VALUES {placeholders(1, columns)}{tail}", rows)
        return []
    returned: list[tuple] = []
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        chunk = rows[start : start + ROWS_A_STATEMENT]
        cursor.execute(f"{head}VALUES {placeholders(len(chunk), columns)}{tail}", _values(chunk))
        returned += cursor.fetchall()
    return returned


def _values(rows: Sequence[tuple]) -> list:
    return [value for row in rows for value in row]


@cache
def _column_types(table: str) -> dict[str, str]:
    """Of the table of a model; without a length, as a cast to that would cut a text and not refuse it."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    return {field.column: field.db_type(connection).partition("(")[0] for field in model._meta.concrete_fields}


def reading_cursor() -> CursorWrapper:
    """Of the database that reads ask now: the replica's in a view that may use it, else the primary's."""
    return connections[reading_alias()].cursor()


def fetch_all(sql: str, params: Sequence = ()) -> list[tuple]:
    with reading_cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def execute(sql: str, params: Sequence = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def execute_each(sql: str, rows: Sequence[Sequence]) -> None:
    """The statement for each row of values: prepared once on SQLite, sent together to PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


@cache
def _columns_of(model: type[models.Model]) -> tuple[tuple[str, ...], str]:
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return tuple(field.attname for field in fields), f"SELECT {columns} FROM {model._meta.db_table} WHERE "


def fetch_object(model: type[M], condition: str, params: Sequence, *, lock: str = "") -> M | None:
    """One object by a condition in SQL, without the cost of building a query; for the hot path.

    `lock` is a locking clause of PostgreSQL, such as `FOR NO KEY UPDATE`. SQLite has one writer, and
    a write transaction there is that one from its beginning.
    """
    found = fetch_objects(model, condition + (f" {lock}" if lock and not is_sqlite() else ""), params)
    return found[0] if found else None


def fetch_objects(model: type[M], condition: str, params: Sequence) -> list[M]:
    """Objects by a condition in SQL, in no order."""
    names, select = _columns_of(model)
    return [model.from_db(reading_alias(), names, row) for row in fetch_all(select + condition, params)]


def held_ids(table: str, ids: Sequence[int], *, lock: str) -> set[int]:
    """Which of the rows are there; held by `lock`, as in `fetch_object`, until the transaction ends. Not of none."""
    clause = "" if is_sqlite() else f" ORDER BY id {lock}"
    return {pk for (pk,) in fetch_all(f"SELECT id FROM {table} WHERE id IN {in_list(ids)}{clause}", ids)}


def update_row(table: str, pk: int, changes: Mapping[str, object]) -> None:
    """Set columns of one row by its id; column names come from code, never from input."""
    assignments = ", ".join(f"{column} = %s" for column in changes)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {assignments} WHERE id = %s", [*changes.values(), pk])


def in_list(values: Sequence) -> str:
    """`(%s, %s, …)` for IN; `values` must not be empty."""
    return f"({', '.join(['%s'] * len(values))})"


class CreateClusteredModel(migrations.CreateModel):
    """Create a table that is its primary key: WITHOUT ROWID on SQLite, plain elsewhere.

    Halves the size of tables whose rows are little more than their key, and keeps each run's rows
    together. Django rebuilds a SQLite table to alter it, and would lose this: alter by hand.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            sql, params = schema_editor.table_sql(model)
            schema_editor.execute(f"{sql} WITHOUT ROWID", params or None)
