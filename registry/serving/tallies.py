"""The figures that processes of the front send, put together."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time

from registry.serving.front.tally import Window


class TallyReceiver:
    """Listens on the Unix socket `path` in threads of this process, until `close()`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._window = Window()
        self._readers: list[threading.Thread] = []
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

    def finish(self, seconds: float) -> None:
        """Read all that was sent by processes that are gone; such as are not are waited for no longer than that."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
            last.settimeout(seconds)
            last.connect(self._path)
            last.shutdown(socket.SHUT_WR)
            last.recv(1)  # ends once it was taken, and with it all that waited before
        for reader in list(self._readers):
            reader.join(max(deadline - time.monotonic(), 0.0))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                reader = threading.Thread(target=self._read, args=[connection], daemon=True)
                self._readers = [*filter(threading.Thread.is_alive, self._readers), reader]
                reader.start()

    def _read(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):  # what was cut off is sent again
                    self.give_back(Window(json.loads(line)))
