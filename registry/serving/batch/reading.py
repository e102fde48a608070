"""Files of input as tables of so many rows, one after another; memory holds a few of them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

BLOCK = 4 * 2**20
LARGEST_RECORD = 16 * BLOCK
# What may stand between two objects, and around them.
BETWEEN = re.compile(r"[\s,\[\]]*")
# Types of a model's signature as columns; others are taken as they come.
TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
}


class BadInput(Exception):
    """The message names the file's part at fault."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """`number` counts from 1, `first` is the number of its first row. `share`: how much of the file
    it ends, about."""

    number: int
    first: int
    table: pa.Table
    share: float

    @property
    def where(self) -> str:
        return f"Chunk {self.number} (rows {self.first:,} to {self.first + len(self.table) - 1:,})"


def chunks(path: Path, *, rows: int, types: Mapping[str, str]) -> Iterator[Chunk]:
    """`types`: of the columns that the signature names. BadInput for what is no such file."""
    number, first = 0, 1
    try:
        total = rows_in(path)
        with path.open("rb") as file:
            reader = READERS[path.suffix.lower()](file, rows, types)
            for table in rechunked(reader, rows):
                number += 1
                first += len(table)
                yield Chunk(number, first - len(table), table, min((first - 1) / max(total, 1), 0.99))
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}, after row {first - 1:,}: {error}") from None
    if not number:
        raise BadInput(f"{path.name} has no rows.")


def rows_in(path: Path) -> float:
    """How many there are: exact of Parquet, else by the ends of records in the first MiB."""
    if path.suffix.lower() == ".parquet":
        return pyarrow.parquet.read_metadata(path).num_rows
    with path.open("rb") as file:
        sample = file.read(2**20)
    ends = sample.count(b"\n" if path.suffix.lower() == ".csv" else b"}")
    return ends * path.stat().st_size / max(len(sample), 1)


def parquet_tables(file: IO[bytes], rows: int, types: Mapping[str, str]) -> Iterator[pa.Table]:
    for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=rows):
        yield pa.Table.from_batches([batch])


def csv_tables(file: IO[bytes], rows: int, types: Mapping[str, str]) -> Iterator[pa.Table]:
    """Types that the signature does not tell are those of the first block."""
    known = {name: TYPES[kind] for name, kind in types.items() if kind in TYPES}
    batches = pyarrow.csv.open_csv(
        file,
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=known),
    )
    for batch in batches:
        yield pa.Table.from_batches([batch])


def record_tables(file: IO[bytes], rows: int, types: Mapping[str, str]) -> Iterator[pa.Table]:
    """Columns and types are those of the first table."""
    schema, held = None, []
    for record in records(file):
        held.append(record)
        if len(held) == rows:
            table = pa.Table.from_pylist(held, schema=schema)
            schema, held = table.schema, []
            yield table
    if held:
        yield pa.Table.from_pylist(held, schema=schema)


READERS = {
    ".csv": csv_tables,
    ".parquet": parquet_tables,
    ".json": record_tables,
    ".jsonl": record_tables,
    ".ndjson": record_tables,
}


def records(file: IO[bytes]) -> Iterator[dict]:
    """Objects of a JSON array, or one a line, read piece by piece."""
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    parse = json.JSONDecoder().raw_decode
    text, at, number, is_over = "", 0, 0, False
    while True:
        at = BETWEEN.match(text, at).end()
        try:
            record, at = parse(text, at)
        except ValueError:  # it is cut off, unless there is no more to come
            if (is_over and at < len(text)) or len(text) - at > LARGEST_RECORD:
                raise BadInput(f"record {number + 1:,} is no JSON object.") from None
            if is_over:
                return
            piece = file.read(BLOCK)
            is_over = not piece
            text, at = text[at:] + decode(piece, is_over), 0
            continue
        number += 1
        if not isinstance(record, dict):
            raise BadInput(f"record {number:,} is no JSON object.")
        yield record


def rechunked(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows, `rows` a table."""
    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += len(table)
        while count >= rows:
            whole = pa.concat_tables(held)
            yield whole.slice(0, rows)
            held, count = [whole.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(held)
