"""Writes that are repeated: what other writers or a lost connection undid is done again, from fresh state."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from trackui.db import write_transaction
from trackui.db_faults import Conflict, ConnectionLost
from trackui.reconnect import drop_lost_connections

P = ParamSpec("P")
T = TypeVar("T")

REPEATS = 3
# Seconds before the first repeat; twice as many before each that follows.
PAUSE = 0.01

_thread = threading.local()


def transactional(write: Callable[P, T] | None = None, *, when_full: bool = False) -> Callable:
    """Make a function one durable transaction, on disk when it returns; it must be outermost.

    It may be called up to four times, so all that it changes must be in the database: on PostgreSQL a deadlock
    or a serialization failure undoes it because of others, and a connection can be lost. What was lost in the
    commit itself is not repeated: nobody knows whether it was done. `when_full` as in `write_transaction`.
    """
    if write is None:
        return partial(transactional, when_full=when_full)

    @wraps(write)
    def written(*args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(_thread, "is_joined", False):
            return write(*args, **kwargs)
        for repeat in range(REPEATS):
            try:
                with write_transaction(when_full=when_full):
                    return write(*args, **kwargs)
            except Conflict:
                time.sleep(PAUSE * 2**repeat * random.uniform(0.5, 1.5))
            except ConnectionLost:
                drop_lost_connections(connection)
        with write_transaction(when_full=when_full):
            return write(*args, **kwargs)

    return written


def all_or_none(write: Callable[P, T]) -> Callable[P, T]:
    """As `transactional`, for a function that calls some that are: here they are parts of its one transaction."""

    @transactional
    @wraps(write)
    def written(*args: P.args, **kwargs: P.kwargs) -> T:
        with joined():
            return write(*args, **kwargs)

    return written


@contextmanager
def joined() -> Iterator[None]:
    """Within a transaction that somebody else has opened: functions that are transactional become parts of it."""
    before = getattr(_thread, "is_joined", False)
    _thread.is_joined = True
    try:
        yield
    finally:
        _thread.is_joined = before
