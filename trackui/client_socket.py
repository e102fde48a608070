"""A client's connection that may not stall, and how errors of what it sends are told to who reads it."""

import errno
import socket
import time

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import ParseException

# Each wait for a client to send or take some bytes.
STALL_SECONDS = 30.0
# A client that moves less than this many bytes a second, over a minute of waiting for it, is cut off.
SLOWEST_RATE = 1024
RATE_WINDOW_SECONDS = 60.0

RECEIVE_SIZE = 2**16


class ClientStalled(ConnectionResetError):
    """The client was too slow; for gunicorn, it has gone."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The client stalled.")


class BrokenBody(ConnectionResetError):
    """The client framed the chunks of its body wrongly: an end of the connection, for whoever reads the body."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The body of the request is malformed.")


class ChunkedBody:
    """gunicorn's reader of chunks, whose errors are those that reading from a client may have."""

    def __init__(self, reader: ChunkedReader) -> None:
        self.reader = reader

    def read(self, size: int) -> bytes:
        try:
            return self.reader.read(size)
        except ParseException as error:
            raise BrokenBody() from error


class ClientSocket(socket.socket):
    """A client's connection: it stalls for 30 s at most, and may not trickle.

    Only time spent waiting for the client counts, not the time our own work takes. The head of an answer
    is held back while `hold_head` and sent together with the first bytes of its body.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.hold_head = False
        self.head = b""
        self.waited = 0.0
        self.moved = 0

    def recv(self, size: int, flags: int = 0) -> bytes:
        began = time.monotonic()
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            raise ClientStalled() from None
        self.count(len(data), began)
        return data

    def sendall(self, data: bytes, flags: int = 0) -> None:
        if self.hold_head:
            self.hold_head = False
            self.head = data
            return
        if self.head:
            head, self.head = self.head, b""
            if len(data) < RECEIVE_SIZE:
                data = head + data
            else:
                self.sendall(head)
        rest = memoryview(data)
        while rest:
            began = time.monotonic()
            try:
                sent = self.send(rest)
            except TimeoutError:
                raise ClientStalled() from None
            self.count(sent, began)
            rest = rest[sent:]

    def sendfile(self, file, offset: int = 0, count: int | None = None) -> int:
        self.flush()
        end = None if count is None else offset + count
        sent = 0
        while end is None or offset + sent < end:
            left = RECEIVE_SIZE * 4 if end is None else min(RECEIVE_SIZE * 4, end - offset - sent)
            began = time.monotonic()
            try:
                piece = super().sendfile(file, offset + sent, left)
            except TimeoutError:
                raise ClientStalled() from None
            if not piece:
                break
            self.count(piece, began)
            sent += piece
        return sent

    def flush(self) -> None:
        """Send a head that no body followed."""
        self.hold_head = False
        if self.head:
            self.sendall(b"")

    def forget_head(self) -> None:
        """What is sent next stands for itself."""
        self.hold_head = False
        self.head = b""

    def count(self, moved: int, began: float) -> None:
        self.waited += time.monotonic() - began
        self.moved += moved
        if self.waited > RATE_WINDOW_SECONDS:
            if self.moved < SLOWEST_RATE * self.waited:
                raise ClientStalled()
            self.waited = 0.0
            self.moved = 0
