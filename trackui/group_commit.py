"""Writes of one process that are ready at the same moment share one transaction.

On SQLite a commit waits for the disk, and holds up every other writer meanwhile. Threads that would wait
in line anyway leave their write to the first of them, who does all of them and commits once. Each is a
savepoint: it is written whole or, when it fails, not at all, and fails alone. Nobody is answered before
the commit.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import transaction

from trackui.db import is_sqlite, write_transaction
from trackui.db_faults import is_fault
from trackui.transactions import transactional
from trackui.writer_lock import CROWDED_WAIT_SECONDS, MAX_WAITERS, busy

T = TypeVar("T")

# As many as may wait, and the one who writes: a group is never so long that other processes wait for it.
LARGEST_GROUP = MAX_WAITERS + 1


class _Write(Generic[T]):
    """One write, and how it ended."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.is_done = False
        self.answer: T | None = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.is_done, self.error = True, error

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self.answer


class Group:
    """The writes of a process that wait for their turn."""

    def __init__(self) -> None:
        self._leading = threading.Lock()
        self._waiting: deque[_Write] = deque()
        self._written = 0  # groups
        self._stuck_at = -1  # groups when somebody beyond MAX_WAITERS had waited in vain

    def write(self, work: Callable[[], T]) -> T:
        """Do `work` in a durable transaction, maybe with others. What it raises is raised here, and undone."""
        is_crowded = len(self._waiting) > MAX_WAITERS
        if is_crowded and self._stuck_at == self._written:
            raise busy()
        write = _Write(work)
        self._waiting.append(write)
        if is_crowded:
            self._wait_while_others_are_written(write)
        else:
            self._leading.acquire()
        try:
            while not write.is_done:
                self._lead(write)
        finally:
            self._leading.release()
        return write.outcome()

    def _wait_while_others_are_written(self, write: _Write) -> None:
        written = -1
        while written != self._written:
            written = self._written
            if self._leading.acquire(timeout=CROWDED_WAIT_SECONDS):
                return
        self._stuck_at = written
        try:
            self._waiting.remove(write)
        except ValueError:  # it is being written now
            self._leading.acquire()
        else:
            raise busy()

    def _lead(self, first: _Write) -> None:
        group: list[_Write] = []
        try:
            with write_transaction():
                # Taken when the turn has come: whoever arrived while it was awaited is in.
                group += self._take()
                for write in group:
                    self._do(write, alone=len(group) == 1)
            self._written += 1
        except BaseException as error:
            # The transaction was not committed, so none of its writes was done.
            if not group:
                self._waiting.remove(first)
            for write in group or [first]:
                write.fail(error)
        for write in group:
            write.is_done = True

    def _take(self) -> list[_Write]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_GROUP))]

    def _do(self, write: _Write, *, alone: bool) -> None:
        if alone:
            write.answer = write.work()
            return
        try:
            with transaction.atomic():
                write.answer = write.work()
        except Exception as error:
            if is_fault(error):
                raise  # it can have undone the whole transaction, and what the others wrote
            write.error = error


_group = Group()


def write_together(work: Callable[[], T]) -> T:
    """Do `work` in a transaction that is on disk when this returns; on SQLite, with what other threads have ready.

    `work` may be done by another thread, on that one's connection. Must be outermost.
    """
    if is_sqlite():
        return _group.write(work)
    return transactional(work)()
