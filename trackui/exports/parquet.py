"""A table as Parquet, sent row group after row group. pyarrow is loaded when the first one is asked for."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from trackui.exports.tables import Kind, Table

ROWS_A_GROUP = 20_000


def parquet_pieces(table: Table, about: Mapping[str, str]) -> Iterator[bytes]:
    """The bytes of the file as they come to be; memory holds one row group. `about` is kept in its metadata."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.INTEGER: pyarrow.int64(),
        Kind.TIME: pyarrow.timestamp("ms", tz="UTC"),
        Kind.FLAG: pyarrow.bool_(),
    }
    fields = [pyarrow.field(column.name, types[column.kind]) for column in table.columns]
    schema = pyarrow.schema(fields, metadata={f"trackui.{name}": value for name, value in about.items()})
    sink = Sink()
    rows = iter(table.rows)
    with ParquetWriter(sink, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROWS_A_GROUP)):
            arrays = [
                pyarrow.array(arrow_values(values, column.kind), type=types[column.kind])
                for values, column in zip(zip(*group, strict=True), table.columns, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema), row_group_size=ROWS_A_GROUP)
            yield sink.taken()
    yield sink.taken()


def arrow_values(values: Sequence[Any], kind: Kind) -> Sequence[Any]:
    if kind is Kind.TEXT:
        return [None if value is None else str(value) for value in values]
    return values


class Sink(io.RawIOBase):
    """A file that only goes forward, and gives away what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.pieces.append(piece)
        self.position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.position

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)
