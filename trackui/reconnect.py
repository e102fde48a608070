"""Reads that outlive their connection: one that broke while it lay in the pool is replaced, and the read repeated.

So a connection needs no check, a round trip, each time it is taken from the pool.
"""

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from trackui.db_faults import Fault, fault_of

READS = ("SELECT", "WITH", "VALUES")


def watch_connection(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """For Django's signal that a connection was made: on PostgreSQL, let the primary's reads be repeated."""
    is_primary = connection.vendor == "postgresql" and connection.alias == DEFAULT_DB_ALIAS
    if is_primary and repeat_lost_read not in connection.execute_wrappers:
        connection.execute_wrappers.append(repeat_lost_read)


def repeat_lost_read(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Once, on another connection. Not in a transaction, whose earlier reads would then be of another state."""
    try:
        return execute(sql, params, many, context)
    except Error as error:
        connection = context["connection"]
        if connection.in_atomic_block or fault_of(error) is not Fault.LOST or not is_read(sql):
            raise
        drop_lost_connections(connection)
        move_cursor(context["cursor"], connection)
        return execute(sql, params, many, context)


def is_read(sql: object) -> bool:
    return isinstance(sql, str) and sql.lstrip(" \n(").upper().startswith(READS)


def move_cursor(cursor: CursorWrapper, connection: BaseDatabaseWrapper) -> None:
    """Let a cursor that has read nothing yet read from another connection; one of the server's stays one."""
    if getattr(cursor.cursor, "name", None):
        cursor.cursor = connection.chunked_cursor().cursor
    else:
        connection.ensure_connection()
        cursor.cursor = connection.create_cursor()


def drop_lost_connections(connection: BaseDatabaseWrapper) -> None:
    """Close this connection and those in its pool that broke with it, as all do when the server restarts."""
    connection.close()
    pool = getattr(connection, "pool", None)
    if pool is not None and not pool.closed:
        pool.check()
