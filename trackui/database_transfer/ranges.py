"""Rows of a table cut into ranges, each with the digest of its rows."""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from trackui.database_transfer.ledger import Range
from trackui.database_transfer.tables import Table

# What is held in memory and written in one transaction.
RANGE_ROWS = 16_384
RANGE_BYTES = 4 * 2**20

# One byte form for each value: floats as their 64 bits, integers, texts and bytes apart from each other.
encode = msgspec.msgpack.Encoder().encode


class Digest:
    """Of rows in order, however they come in pieces."""

    def __init__(self) -> None:
        self.hash = hashlib.blake2b(digest_size=16)
        self.size = 0
        self.rows = 0

    def update(self, rows: list[tuple]) -> None:
        encoded = b"".join(map(encode, rows))
        self.hash.update(encoded)
        self.size += len(encoded)
        self.rows += len(rows)

    def hex(self) -> str:
        return self.hash.hexdigest()


def cut(table: Table, pieces: Iterable[list[tuple]]) -> Iterator[tuple[list[tuple], Range]]:
    rows: list[tuple] = []
    digest = Digest()
    for piece in pieces:
        rows += piece
        digest.update(piece)
        if digest.rows >= RANGE_ROWS or digest.size >= RANGE_BYTES:
            yield rows, Range(table.key_of(rows[-1]), digest.rows, digest.hex())
            rows, digest = [], Digest()
    if rows:
        yield rows, Range(table.key_of(rows[-1]), digest.rows, digest.hex())


def digest_of(pieces: Iterable[list[tuple]]) -> Digest:
    digest = Digest()
    for piece in pieces:
        digest.update(piece)
    return digest
