"""CSV as pandas reads it, with columns that the model does not take as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

BLOCK = 4 * 2**20
# Of the signature; columns of others are taken as they come.
TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
}
# What pandas takes for missing: pandas._libs.parsers.STR_NA_VALUES.
MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
# Digits that a number does not keep: of codes such as 007, and of long ids among floats.
CODE = r"^[+]?-?0\d|^[+]\d"
LONG = r"^[+-]?\d{16,}$"


def csv_tables(file: IO[bytes], rows: int, types: Mapping[str, str]) -> Iterator[pa.Table]:
    """Types that the signature does not tell are those of the first block, dates being texts as they are for pandas."""
    known = {name: TYPES[kind] for name, kind in types.items() if kind in TYPES}
    first = first_batch(file, known)
    if first is None:
        return
    known |= {field.name: kind for field in first.schema if (kind := kind_of(field, types)) is not None}
    known |= dict.fromkeys(codes(file, first.schema, types), pa.string())
    for batch in batches(file, known):
        yield pa.Table.from_batches([batch])


def first_batch(file: IO[bytes], known: Mapping[str, pa.DataType]) -> pa.RecordBatch | None:
    """Read apart, as Arrow reads ahead in threads of its own."""
    with open(file.name, "rb") as apart:
        return next(iter(batches(apart, known)), None)


def kind_of(field: pa.Field, types: Mapping[str, str]) -> pa.DataType | None:
    """Where it is not the one that was found: what is empty so far is taken for numbers, beside the model for texts."""
    if pa.types.is_temporal(field.type):
        return pa.string()
    if pa.types.is_null(field.type):
        return pa.string() if types and field.name not in types else pa.float64()
    return None


def batches(file: IO[bytes], known: Mapping[str, pa.DataType]) -> pyarrow.csv.CSVStreamingReader:
    return pyarrow.csv.open_csv(
        pa.PythonFile(WholeLineEnds(file), mode="r"),
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=known, null_values=MISSING),
    )


class WholeLineEnds:
    """A file whose pieces do not end in the middle of CR LF: Arrow would drop the LF, in quotes too."""

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.held = b""

    def read(self, size: int) -> bytes:
        piece = self.held + self.file.read(size - len(self.held))
        self.held = b"\r" if len(piece) > 1 and piece.endswith(b"\r") else b""
        return piece[: len(piece) - len(self.held)]

    def close(self) -> None:
        """Whoever opened the file closes it."""


def codes(file: IO[bytes], schema: pa.Schema, types: Mapping[str, str]) -> Iterator[str]:
    """Columns beside those of the signature that look like numbers and would be changed by becoming some."""
    beside = {field.name: field.type for field in schema if types and field.name not in types}
    beside = {name: kind for name, kind in beside.items() if pa.types.is_integer(kind) or pa.types.is_floating(kind)}
    if not beside:
        return
    texts = first_batch(file, dict.fromkeys(schema.names, pa.string()))
    for name, kind in beside.items():
        pattern = CODE if pa.types.is_integer(kind) else f"{CODE}|{LONG}"
        if pc.any(pc.match_substring_regex(texts[name], pattern)).as_py():
            yield name


def without_missing(table: pa.Table) -> pa.Table:
    """Texts that pandas takes for missing as null, which in columns beside the model's stay what they are."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            column = table.column(place)
            is_missing = pc.is_in(column, value_set=pa.array(MISSING))
            table = table.set_column(place, field, pc.if_else(is_missing, pa.scalar(None, pa.string()), column))
    return table
