"""Requests passed to the scorers: over kept connections, to the one with the least to do."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter
from typing import NamedTuple

from registry.serving.front.board import Board, Posted
from registry.serving.front.frames import ScorerGone, receive_frame, send_frame

SCORE_SECONDS = 60.0
PING_SECONDS = 5.0
# For scorers that are being started again.
WAIT_SECONDS = 5.0
PAUSE_SECONDS = 0.02


class Unavailable(Exception):
    """No scorer answered; the message says why."""


class Scored(NamedTuple):
    """A scorer's answer. `head`: its status, content type, rows, statistics; `by`: what was posted then."""

    head: dict
    body: bytes
    by: Posted


class Scorers:
    """The scorers on a board. Threads may share it; processes have their own. `seconds`: what an answer may take."""

    def __init__(self, board: Board, *, seconds: float = SCORE_SECONDS) -> None:
        self.board = board
        self.seconds = seconds
        self._lock = threading.Lock()
        self._idle: dict[str, list[socket.socket]] = {}
        self._busy: Counter[str] = Counter()
        # Those that let a request wait for all its time, and have answered none since: asked only when all are such.
        self._silent: set[str] = set()

    def score(self, content_type: str, body: bytes) -> Scored:
        """Unavailable when no scorer answers in time, or when the one that had the request died of it.

        A request whose model was replaced before it was begun goes to the next one.
        """
        head = json.dumps({"op": "score", "content_type": content_type}).encode()
        deadline = time.monotonic() + self.seconds
        refused = None
        while True:
            posted = self._ready(min(deadline, time.monotonic() + WAIT_SECONDS))
            try:
                return self._ask(posted, head, body, deadline)
            except _NotSent as problem:
                # Its process ended just now; the board will say what comes next.
                if refused is None:
                    refused = time.monotonic() + WAIT_SECONDS
                if time.monotonic() > refused:
                    raise Unavailable(f"No scoring process can be reached ({problem}).") from None
                time.sleep(PAUSE_SECONDS)
            except ScorerGone:
                if self.board.read().model == posted.model:
                    raise Unavailable("The scoring process ended while it had this request.") from None
            except TimeoutError:
                raise Unavailable(f"The model has not answered within {self.seconds:.0f} seconds.") from None

    def answers(self) -> bool:
        """Whether a scorer says so. One that is stuck in its model still would, and does not count."""
        posted = self.board.read()
        if self._silent.issuperset(posted.sockets):
            return False
        try:
            self._ask(posted, b'{"op": "ping"}', b"", time.monotonic() + PING_SECONDS)
        except (OSError, _NotSent):
            return False
        return True

    def _ready(self, deadline: float) -> Posted:
        while True:
            posted = self.board.read()
            if posted.sockets:
                return posted
            if time.monotonic() > deadline:
                raise Unavailable("The scoring processes are being started.")
            time.sleep(PAUSE_SECONDS)

    def _ask(self, posted: Posted, head: bytes, body: bytes, deadline: float) -> Scored:
        with self._lock:
            path = min(posted.sockets, key=lambda path: (path in self._silent, self._busy[path]))
            self._busy[path] += 1
        try:
            connection = self._connection(path, posted)
            try:
                connection.settimeout(max(deadline - time.monotonic(), 0.01))
                try:
                    send_frame(connection, head, body)
                except (BrokenPipeError, ConnectionResetError):
                    raise _NotSent("it closed the connection") from None
                answer = receive_frame(connection, deadline=deadline)
            except BaseException:
                connection.close()
                raise
            self._keep(path, connection)
            self._silent.discard(path)
            return Scored(*answer, posted)
        except TimeoutError:
            self._silent.add(path)
            raise
        except ConnectionResetError:
            raise ScorerGone from None
        finally:
            with self._lock:
                self._busy[path] -= 1

    def _connection(self, path: str, posted: Posted) -> socket.socket:
        while True:
            with self._lock:
                self._forget_others(posted)
                idle = self._idle.get(path)
                connection = idle.pop() if idle else None
            if connection is None:
                return _connected(path)
            if _is_open(connection):
                return connection
            connection.close()

    def _keep(self, path: str, connection: socket.socket) -> None:
        with self._lock:
            self._idle.setdefault(path, []).append(connection)

    def _forget_others(self, posted: Posted) -> None:
        """Connections to scorers that are no longer posted."""
        if self._idle.keys() <= set(posted.sockets):
            return
        for path in self._idle.keys() - set(posted.sockets):
            for connection in self._idle.pop(path):
                with contextlib.suppress(OSError):
                    connection.close()


def _is_open(connection: socket.socket) -> bool:
    """Between two requests nothing is to be read but the end."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


class _NotSent(Exception):
    """The scorer has not got the request."""


def _connected(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(PING_SECONDS)
        connection.connect(path)
    except OSError as error:
        connection.close()
        raise _NotSent(error.strerror or "it does not answer") from None
    return connection
