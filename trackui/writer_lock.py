"""The one writer of the SQLite file: a lock that all threads of all processes share.

SQLite's own busy handler sleeps and tries again without any order, so a writer can starve. Here threads of
a process queue first in, first out, and processes take turns at two locked files: whoever holds `next` is
the only one who tries for `main`. The kernel frees both when a process dies.
"""

import fcntl
import os
import random
import threading
import time
import weakref
from collections import deque
from pathlib import Path

from django.conf import settings

from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable

WAIT_SECONDS = 5.0
MAX_WAITERS = 6
# A thread beyond them waits too, so that a burst is no error; but when nobody was let in for so long, it and those
# who come after it are refused, so that threads are free for readers.
CROWDED_WAIT_SECONDS = 0.25

# A process hands the lock to its own next thread at most so often before other processes get their turn:
# that costs a tenth of passing it on, and idles nobody.
MAX_HANDOVERS = 4

# flock has no timeout, so it is tried again: after an eighth of the time waited so far, within these bounds.
SHORTEST_SLEEP = 0.00005
LONGEST_SLEEP = 0.001


class _Turn:
    """One waiting thread's place in the queue of its process."""

    __slots__ = ("gate", "given")

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        self.given = False


class WriterLock:
    """A context manager: inside it, no other thread or process that uses the same folder writes.

    Waits at most `wait_seconds`, and lets at most `max_waiters` threads of this process wait, others only while
    the line moves; beyond either it raises RequestLimitExceeded, and nothing has been done. Not reentrant:
    entering twice is a RuntimeError.
    Costs some 5 microseconds while nobody else wants it.
    """

    def __init__(self, folder: str | Path, *, wait_seconds: float = WAIT_SECONDS, max_waiters: int = MAX_WAITERS):
        self.folder = Path(folder)
        self.wait_seconds = wait_seconds
        self.max_waiters = max_waiters
        self._next_file: int | None = None
        self._main_file: int | None = None
        self._forget()
        _all_locks.add(self)

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.wait_seconds
        has_main = self._wait_for_turn(deadline)
        if not has_main:
            try:
                self._lock_files(deadline)
            except BaseException:
                self._pass_on(has_main=False)
                raise
            self._trying = False
        self._owner = threading.get_ident()

    def __exit__(self, *exc_info) -> None:
        self._owner = None
        self._pass_on(has_main=True)

    def _wait_for_turn(self, deadline: float) -> bool:
        """Be the one thread of this process that may hold the files; True if `main` came along with the turn."""
        if self._owner == threading.get_ident():
            raise RuntimeError("This thread holds the writer lock already.")
        with self._mutex:
            if not self._taken:
                self._taken = self._trying = True
                return False
            is_crowded = len(self._queue) + self._trying >= self.max_waiters
            if is_crowded and self._stuck_at == self._turns:
                raise busy()
            turn = _Turn()
            self._queue.append(turn)
        if not self._comes(turn, deadline, is_crowded=is_crowded):
            with self._mutex:
                if not turn.given:
                    self._queue.remove(turn)
                    raise busy()
        return self._has_main

    def _comes(self, turn: _Turn, deadline: float, *, is_crowded: bool) -> bool:
        """Wait for it: until the deadline or, in a crowd, as long as others get theirs."""
        if not is_crowded:
            return turn.gate.acquire(timeout=max(0.0, deadline - time.monotonic()))
        turns = -1
        while turns != self._turns and time.monotonic() < deadline:
            turns = self._turns
            if turn.gate.acquire(timeout=CROWDED_WAIT_SECONDS):
                return True
        self._stuck_at = turns
        return False

    def _pass_on(self, *, has_main: bool) -> None:
        """Give the turn to the next thread in the queue, with `main` or after letting other processes have it."""
        with self._mutex:
            self._turns += has_main
            keep = has_main and bool(self._queue) and self._handovers < MAX_HANDOVERS
            if has_main and not keep:
                fcntl.flock(self._main_file, fcntl.LOCK_UN)
            self._handovers = self._handovers + 1 if keep else 0
            self._has_main = keep
            if self._queue:
                turn = self._queue.popleft()
                turn.given = True
                self._trying = not keep
                turn.gate.release()
            else:
                self._taken = self._trying = False

    def _lock_files(self, deadline: float) -> None:
        if self._main_file is None:
            try:
                self._open_files()
            except OSError:
                raise TemporarilyUnavailable("The data folder cannot be written.") from None
        _lock(self._next_file, deadline)
        try:
            _lock(self._main_file, deadline)
        finally:
            fcntl.flock(self._next_file, fcntl.LOCK_UN)

    def _open_files(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._next_file = os.open(self.folder / "writer.next.lock", flags, 0o600)
        self._main_file = os.open(self.folder / "writer.main.lock", flags, 0o600)

    def _forget(self) -> None:
        """Start anew, also in a forked child, which must not share its parent's open files: a lock belongs to those."""
        for file in (self._next_file, self._main_file):
            if file is not None:
                os.close(file)
        self._next_file = self._main_file = None
        self._mutex = threading.Lock()
        self._queue: deque[_Turn] = deque()
        self._taken = False  # a thread of this process has the turn: it holds the files or is trying for them
        self._trying = False  # that thread waits for the files
        self._owner: int | None = None  # the thread inside the context
        self._has_main = False  # `main` was left locked for the thread that got the turn
        self._handovers = 0
        self._turns = 0  # of threads that held the files
        self._stuck_at = -1  # turns when a thread beyond `max_waiters` had waited in vain


def _lock(file: int, deadline: float) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        began = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= deadline:
            raise busy()
        time.sleep(min(max((now - began) / 8, SHORTEST_SLEEP), LONGEST_SLEEP))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            continue


def busy() -> RequestLimitExceeded:
    # The spread keeps clients that were refused together from coming back together.
    return RequestLimitExceeded("The server is busy writing. Try again.", retry_after=random.randint(1, 5))


_all_locks: weakref.WeakSet[WriterLock] = weakref.WeakSet()
_shared: dict[str, WriterLock] = {}


def writer_lock() -> WriterLock:
    """The lock of this installation's database, for `with writer_lock():`."""
    folder = str(settings.TRACKUI_DATA)
    lock = _shared.get(folder)
    if lock is None:
        lock = _shared.setdefault(folder, WriterLock(folder))
    return lock


def _forget_all() -> None:
    for lock in _all_locks:
        lock._forget()


os.register_at_fork(after_in_child=_forget_all)
