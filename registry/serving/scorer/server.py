"""Connections of the front, a thread each, and the model behind them."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback

from .errors import ScoringError
from .model import Model
from .wire import read_frame, send_frame

JSON = "application/json"
# As long as a request may take.
FINISH_SECONDS = 60


class Server:
    """`threads`: requests that are worked on at a time; the others wait in the order they came."""

    def __init__(self, model: Model, path: str, *, threads: int) -> None:
        self.model = model
        self.turn = threading.Semaphore(threads)
        self.lock = threading.Lock()
        self.idle: dict[threading.Thread, socket.socket] = {}
        self.threads: set[threading.Thread] = set()
        self.is_stopping = False
        self.listener = listening(path)
        self.waker, self.wakened = socket.socketpair()
        self.waker.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def run(self) -> None:
        """Until a signal comes or stdin ends, which tells that the front is gone; then what was started is finished."""
        with selectors.DefaultSelector() as selector:
            for source in (self.listener, self.wakened, sys.stdin):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self.wakened in ready or (sys.stdin in ready and not os.read(sys.stdin.fileno(), 4096)):
                    break
                if self.listener in ready:
                    self.accept()
        self.stop()

    def accept(self) -> None:
        connection, _ = self.listener.accept()
        thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
        self.threads.add(thread)
        thread.start()

    def serve(self, connection: socket.socket) -> None:
        thread = threading.current_thread()
        try:
            with connection:
                while frame := self.next_frame(thread, connection):
                    self.answer(connection, *frame)
        except (OSError, ValueError):
            pass  # the front is gone, or is none
        finally:
            with self.lock:
                self.idle.pop(thread, None)
                self.threads.discard(thread)

    def next_frame(self, thread: threading.Thread, connection: socket.socket) -> tuple[dict, bytes] | None:
        """None when there will be no more. A connection that waits is marked, so that it can be ended."""
        with self.lock:
            if self.is_stopping:
                return None
            self.idle[thread] = connection
        frame = read_frame(connection)
        with self.lock:
            self.idle.pop(thread, None)
        return frame

    def answer(self, connection: socket.socket, head: dict, body: bytes) -> None:
        if head.get("op") == "ping":
            send_frame(connection, {"status": 200, "content_type": JSON, "rows": 0, "stats": {}}, b"\n")
            return
        try:
            with self.turn:
                content, rows, found = self.model.score(str(head.get("content_type") or ""), body)
            send_frame(connection, {"status": 200, "content_type": JSON, "rows": rows, "stats": found}, content)
        except ScoringError as error:
            send_error(connection, error)
        except (OSError, ConnectionError):
            raise
        except Exception:  # a fault of ours; the caller is told no more
            traceback.print_exc()
            send_error(connection, ScoringError("The request failed.", status=500, error_code="INTERNAL_ERROR"))

    def stop(self) -> None:
        self.listener.close()
        with self.lock:
            self.is_stopping = True
            for connection in self.idle.values():
                connection.shutdown(socket.SHUT_RD)
            threads = list(self.threads)
        deadline = time.monotonic() + FINISH_SECONDS
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))


def send_error(connection: socket.socket, error: ScoringError) -> None:
    content = json.dumps({"error_code": error.error_code, "message": error.message}).encode()
    send_frame(connection, {"status": error.status, "content_type": JSON, "rows": 0, "stats": {}}, content)


def listening(path: str) -> socket.socket:
    """Open to this user alone; who may reach it at all the folder around it says."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(mask)
    listener.listen(128)
    return listener
