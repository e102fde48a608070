"""Reads that a hot standby may answer: pages and searches, and only while it has all that was acknowledged.

Before such a read the primary is asked where its log ends, and the standby waited for, briefly, until it has
replayed that far. So every read sees every write that was answered before it, by whomever: nobody needs to be
remembered as a recent writer. A standby that is down or behind is left alone for a while, and the primary reads.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import StreamingHttpResponse

from trackui.db_faults import Fault, fault_of, is_fault
from trackui.reconnect import drop_lost_connections, move_cursor

logger = logging.getLogger(__name__)

REPLICA = "replica"
# Its tables are read there; those of sessions and accounts never.
APPS = frozenset(("runs", "registry"))

# Seconds that a read waits for the standby, at most, and the first pause between two looks.
LONGEST_WAIT = 0.1
FIRST_PAUSE = 0.001
# Seconds for which a standby is left alone that was behind, or that failed.
BEHIND, FAILED = 1.0, 5.0
# Seconds after which the log tells of a standby that stays behind; short of that it is the usual course of things.
TOLD_AFTER = 5.0

LOG_END = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
# NULL on a server that is no standby, or no longer one.
REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END"


class Reading:
    """What one view reads. It begins at the standby; once the primary has answered it stays there, where more may
    be stored than the standby has by now: heads of blocks whose bytes it lacks."""

    def __init__(self) -> None:
        self.has_left = False


_reading: ContextVar[Reading | None] = ContextVar("reading from the replica", default=None)


class Standby:
    """What this process knows of the standby."""

    def __init__(self) -> None:
        self.avoided_until = 0.0
        self.missed_since: float | None = None
        self.is_told = False

    @property
    def is_missed(self) -> bool:
        return self.missed_since is not None

    def is_current(self) -> bool:
        """Whether it has all that the primary has acknowledged by now. Two short statements, and up to a tenth of
        a second of waiting."""
        now = time.monotonic()
        if now < self.avoided_until:
            return False
        if self.is_missed:
            # One of those who wait finds out, and the others are not held up.
            self.avoided_until = now + FAILED
        wanted = ask(DEFAULT_DB_ALIAS, LOG_END)
        try:
            is_current = self._reaches(wanted, deadline=now + LONGEST_WAIT)
        except Error as error:
            drop_lost_connections(connections[REPLICA])
            self.miss(FAILED, str(error).strip())
            return False
        if is_current:
            self.find_again()
        else:
            self.miss(BEHIND, "it is behind, or no standby", told_after=TOLD_AFTER)
        return is_current

    def _reaches(self, wanted: int, *, deadline: float) -> bool:
        pause = FIRST_PAUSE
        while True:
            replayed = ask(REPLICA, REPLAYED)
            if replayed is None or replayed >= wanted:
                return replayed is not None
            if time.monotonic() + pause > deadline:
                return False
            time.sleep(pause)
            pause *= 2

    def miss(self, seconds: float, reason: str, *, told_after: float = 0.0) -> None:
        now = time.monotonic()
        self.avoided_until = now + seconds
        if self.missed_since is None:
            self.missed_since = now
        if not self.is_told and now - self.missed_since >= told_after:
            self.is_told = True
            logger.warning("The read replica is not used, the primary answers: %s", reason)

    def find_again(self) -> None:
        if self.is_told:
            logger.warning("The read replica answers again.")
        self.avoided_until, self.missed_since, self.is_told = 0.0, None, False


_standby = Standby()


def ask(alias: str, sql: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def reading_alias() -> str:
    """The database that a read asks now. Within a transaction, also one that only reads, it is that one's."""
    reading = _reading.get()
    if reading is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    if connections[REPLICA].in_atomic_block:
        return REPLICA
    reading.has_left = reading.has_left or _standby.is_missed
    return DEFAULT_DB_ALIAS if reading.has_left else REPLICA


@contextmanager
def _on(reading: Reading) -> Iterator[None]:
    token = _reading.set(reading)
    try:
        yield
    finally:
        _reading.reset(token)


def reads_replica(view: Callable) -> Callable:
    """Let what a view reads be answered by the standby, where there is one and it is current.

    The view only reads: it is called again, on the primary, when the standby fails within it.
    """

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if REPLICA not in connections or not _standby.is_current():
            return view(*args, **kwargs)
        reading = Reading()
        try:
            with _on(reading):
                response = view(*args, **kwargs)
        except Error as error:
            if not is_fault(error):
                raise
            _standby.miss(FAILED, str(error).strip())
            return view(*args, **kwargs)
        if isinstance(response, StreamingHttpResponse):
            # What it sends is read when it is sent, after the view.
            response.streaming_content = _streamed(response.streaming_content, reading)
        return response

    return answer


def _streamed(pieces: Iterator, reading: Reading) -> Iterator:
    """Each piece is made with the standby read; in between, the thread is whatever it was."""
    nothing = object()
    while True:
        with _on(reading):
            piece = next(pieces, nothing)
        if piece is nothing:
            return
        yield piece


class ReplicaRouter:
    """Django's hook: which database a model's query goes to."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return reading_alias() if model._meta.app_label in APPS else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def watch_replica(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """For Django's signal that a connection was made."""
    if connection.alias == REPLICA and read_primary_instead not in connection.execute_wrappers:
        connection.execute_wrappers.append(read_primary_instead)


def read_primary_instead(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """What the standby fails to answer, or its replay got in the way of, is the primary's to answer.

    One statement alone, so that a stream goes on that is half sent; not one of a snapshot, and no look at the
    standby itself.
    """
    try:
        return execute(sql, params, many, context)
    except Error as error:
        replica, fault = context["connection"], fault_of(error)
        if not is_fault(error) or fault is Fault.SLOW or replica.in_atomic_block or sql == REPLAYED:
            raise
        _standby.miss(FAILED, str(error).strip())
        if reading := _reading.get():
            reading.has_left = True
        move_cursor(context["cursor"], connections[DEFAULT_DB_ALIAS])
        if fault is Fault.LOST:
            drop_lost_connections(replica)
        return execute(sql, params, many, context)
