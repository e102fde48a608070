"""Frames between the front and a scorer: two big-endian uint32, the lengths of a head of JSON and of a body."""

from __future__ import annotations

import json
import socket
import struct
import time

LENGTHS = struct.Struct(">II")
PIECE = 2**18
# A head holds statistics of some columns; more is not from a scorer of ours.
LARGEST_HEAD = 16 * 2**20
LARGEST_BODY = 2**30


class ScorerGone(OSError):
    """The connection ended before a whole answer had come."""


def send_frame(sock: socket.socket, head: bytes, body: bytes) -> None:
    """One call of the system for small bodies."""
    lengths = LENGTHS.pack(len(head), len(body))
    if len(body) < PIECE:
        sock.sendall(lengths + head + body)
    else:
        sock.sendall(lengths + head)
        sock.sendall(body)


def receive_frame(sock: socket.socket, *, deadline: float) -> tuple[dict, bytes]:
    """Head and body; TimeoutError when they are not there at `deadline` (time.monotonic)."""
    data = _receive(sock, PIECE, deadline)
    while len(data) < LENGTHS.size:
        data += _receive(sock, PIECE, deadline)
    head_length, body_length = LENGTHS.unpack_from(data)
    if head_length > LARGEST_HEAD or body_length > LARGEST_BODY:
        raise ScorerGone("The scorer sent no frame.")
    total = LENGTHS.size + head_length + body_length
    if len(data) < total:
        pieces, have = [data], len(data)
        while have < total:
            pieces.append(_receive(sock, min(total - have, PIECE), deadline))
            have += len(pieces[-1])
        data = b"".join(pieces)
    start = LENGTHS.size + head_length
    return json.loads(data[LENGTHS.size : start]), data[start:total]


def _receive(sock: socket.socket, size: int, deadline: float) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)
    data = sock.recv(size)
    if not data:
        raise ScorerGone("The scorer closed the connection.")
    return data
