"""The figures that processes of the front send, put together."""

from __future__ import annotations

import contextlib
import json
import socket
import threading

from registry.serving.front.tally import Window


class TallyReceiver:
    """Listens on the Unix socket `path` in threads of this process, until `close()`."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._window = Window()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True, name="tallies").start()

    def take(self) -> Window:
        """What has come since the last time."""
        with self._lock:
            window, self._window = self._window, Window()
        return window

    def give_back(self, window: Window) -> None:
        """For the next time."""
        with self._lock:
            self._window.merge(window)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._read, args=[connection], daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                self.give_back(Window(json.loads(line)))
