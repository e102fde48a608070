"""Tables into one file, which is there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet


class BadOutput(Exception):
    """A table that does not go with those before it."""


class Writer:
    """All tables have the columns and types of the first."""

    def __init__(self, path: Path, suffix: str) -> None:
        self.path = path
        self.suffix = suffix
        self.schema: pa.Schema | None = None

    def write(self, table: pa.Table) -> None:
        if self.schema is None:
            self.schema = with_types(table)
            self.sink = SINKS[self.suffix](self.path, self.schema)
        if new := [name for name in table.column_names if name not in self.schema.names]:
            raise BadOutput(f"its predictions are not like those before: there is '{new[0]}' now.")
        try:
            table = table.select(self.schema.names).cast(self.schema)
        except (pa.ArrowException, KeyError) as error:
            raise BadOutput(f"its predictions are not like those before: {error}") from None
        self.sink.write_table(table)

    def close(self) -> None:
        if self.schema is not None:
            self.sink.close()


def with_types(table: pa.Table) -> pa.Schema:
    """A first column of nothing but nulls is taken for numbers."""
    fields = [pa.field(f.name, pa.float64()) if pa.types.is_null(f.type) else f for f in table.schema]
    return pa.schema(fields)


class JsonSink:
    """Records: of an array, or one a line."""

    def __init__(self, path: Path, *, is_array: bool) -> None:
        self.file = path.open("w")
        self.is_array = is_array
        self.between = "[\n" if is_array else ""

    def write_table(self, table: pa.Table) -> None:
        for record in table.to_pylist():
            self.file.write(self.between + json.dumps(record, default=str))
            self.between = ",\n" if self.is_array else "\n"

    def close(self) -> None:
        self.file.write("\n]\n" if self.is_array else "\n")
        self.file.close()


SINKS = {
    ".parquet": pyarrow.parquet.ParquetWriter,
    ".csv": pyarrow.csv.CSVWriter,
    ".json": lambda path, schema: JsonSink(path, is_array=True),
    ".jsonl": lambda path, schema: JsonSink(path, is_array=False),
    ".ndjson": lambda path, schema: JsonSink(path, is_array=False),
}


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """A writer of what becomes `path` when the block ends; when it fails, all is as it was."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    staging = Path(name)
    try:
        writer = Writer(staging, path.suffix.lower())
        yield writer
        writer.close()
        staging.replace(path)
    except BaseException:
        staging.unlink(missing_ok=True)
        raise
