"""A scorer in threads of the test: answers every frame by a function, `(head, body) -> (head, body)`."""

import contextlib
import json
import socket
import threading
from pathlib import Path

from registry.serving.front.frames import LENGTHS


def read_exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


class FakeScorer:
    def __init__(self, path: Path, answer) -> None:
        self.path = str(path)
        self.answer = answer
        self.connections = 0
        self.open: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.listener.accept()
                self.connections += 1
                self.open.append(sock)
                threading.Thread(target=self.serve, args=[sock], daemon=True).start()

    def serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(ConnectionError, OSError), sock:
            while True:
                head_length, body_length = LENGTHS.unpack(read_exactly(sock, LENGTHS.size))
                head = json.loads(read_exactly(sock, head_length))
                reply, body = self.answer(head, read_exactly(sock, body_length))
                told = json.dumps(reply).encode()
                sock.sendall(LENGTHS.pack(len(told), len(body)) + told + body)

    def close(self) -> None:
        """As when its process is gone."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for sock in self.open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        Path(self.path).unlink(missing_ok=True)
