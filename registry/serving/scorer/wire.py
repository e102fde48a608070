"""Frames between the front and a scorer: two big-endian uint32, length of the head and of the body; the head as JSON
(ASCII), the body as bytes. The same both ways."""

from __future__ import annotations

import json
import socket
import struct

LENGTHS = struct.Struct(">II")
LARGEST_HEAD = 1024 * 1024
LARGEST_BODY = 1024 * 1024 * 1024


def send_frame(connection: socket.socket, head: dict, body: bytes = b"") -> None:
    text = json.dumps(head, separators=(",", ":")).encode()
    start = LENGTHS.pack(len(text), len(body)) + text
    if len(body) <= 65_536:
        connection.sendall(start + body)
    else:  # without a copy of it
        connection.sendall(start)
        connection.sendall(body)


def read_frame(connection: socket.socket) -> tuple[dict, bytes] | None:
    """None when the other side closed the connection between frames. Raises ConnectionError, ValueError."""
    start = read_exactly(connection, LENGTHS.size)
    if not start:
        return None
    head_length, body_length = LENGTHS.unpack(start)
    if len(start) < LENGTHS.size or head_length > LARGEST_HEAD or body_length > LARGEST_BODY:
        raise ConnectionError("The frame is cut off or too large.")
    both = read_exactly(connection, head_length + body_length)
    if len(both) < head_length + body_length:
        raise ConnectionError("The frame is cut off.")
    return json.loads(both[:head_length]), bytes(both[head_length:])


def read_exactly(connection: socket.socket, length: int) -> bytes | bytearray:
    """Shorter only where the connection ends."""
    first = connection.recv(min(length, 65_536)) if length else b""
    if len(first) == length or not first:
        return first
    buffer = bytearray(length)
    buffer[: len(first)] = first
    view, filled = memoryview(buffer), len(first)
    while filled < length:
        count = connection.recv_into(view[filled:])
        if not count:
            return buffer[:filled]
        filled += count
    return buffer
