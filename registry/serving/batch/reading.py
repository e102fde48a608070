"""Files of input as tables of so many rows, one after another; memory holds a few of them."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet

from registry.serving.batch.csv_reading import BLOCK, TYPES, csv_tables

LARGEST_RECORD = 16 * BLOCK
# What may stand between two objects, and around them.
BETWEEN = re.compile(r"[\s,\[\]]*")


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
                if twice := [name for name, count in Counter(table.column_names).items() if count > 1]:
                    raise BadInput(f"there is more than one column '{twice[0]}'.")
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


def record_tables(file: IO[bytes], rows: int, types: Mapping[str, str]) -> Iterator[pa.Table]:
    """Columns and types are those of the first table, numbers as the signature has them."""
    schema, held, done = None, [], 0
    for record in records(file):
        held.append(record)
        if len(held) == rows:
            table = record_table(held, types, schema, after=done)
            schema, held, done = table.schema, [], done + rows
            yield table
    if held:
        yield record_table(held, types, schema, after=done)


def record_table(held: list[dict], types: Mapping[str, str], schema: pa.Schema | None, *, after: int) -> pa.Table:
    names = list(dict.fromkeys(name for record in held for name in record))
    if schema is not None and (new := next((name for name in names if name not in schema.names), None)) is not None:
        raise BadInput(f"after row {after:,} there is a column '{new}', which none of the first {after:,} rows has.")
    columns = {}
    for name in names if schema is None else schema.names:
        try:
            column = pa.array([record.get(name) for record in held])
            wanted = as_signed(column.type, types.get(name)) if schema is None else schema.field(name).type
            columns[name] = column if column.type == wanted else column.cast(wanted)
        except (pa.ArrowException, OverflowError) as error:
            raise BadInput(f"after row {after:,}, column '{name}': {error}") from None
    return pa.table(columns)


def as_signed(found: pa.DataType, kind: str | None) -> pa.DataType:
    """The signature's type for numbers, which what is empty so far is taken for; others are for the model's side to
    take or to refuse.
    """
    wanted = TYPES.get(kind, pa.float64() if pa.types.is_null(found) else found)
    is_known = pa.types.is_null(found) or (is_number(found) and is_number(wanted))
    return wanted if is_known else found


def is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


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
