import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from registry.serving.batch import csv_reading, reading
from registry.serving.batch.csv_reading import without_missing
from registry.serving.batch.reading import BadInput, chunks

ROWS = [{"x": float(n), "name": f"täg,\n{n}"} for n in range(25)]


def write(path):
    table = pa.Table.from_pylist(ROWS)
    match path.suffix:
        case ".csv":
            pa.csv.write_csv(table, path)
        case ".parquet":
            pyarrow.parquet.write_table(table, path, row_group_size=7)
        case ".json":
            path.write_text("﻿" + json.dumps(ROWS, indent=1, ensure_ascii=False), encoding="utf-8")
        case _:
            path.write_text("\n".join(json.dumps(row) for row in ROWS))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".jsonl", ".CSV"])
@pytest.mark.parametrize("block", [7, 4096])
def test_a_file_comes_in_chunks(tmp_path, monkeypatch, suffix, block):
    if "csv" not in suffix.lower():
        monkeypatch.setattr(reading, "BLOCK", block)
        monkeypatch.setattr(reading, "LARGEST_RECORD", 1000)
    path = write(tmp_path / f"rows{suffix.lower()}")
    path = path.rename(tmp_path / f"in{suffix}")

    found = list(chunks(path, rows=10, types={"x": "double", "other": "long"}))

    assert [(chunk.number, chunk.first, len(chunk.table)) for chunk in found] == [(1, 1, 10), (2, 11, 10), (3, 21, 5)]
    assert [row for chunk in found for row in chunk.table.to_pylist()] == ROWS
    assert found[1].where == "Chunk 2 (rows 11 to 20)"


def test_the_signature_tells_the_types_of_csv(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("a,b,c\n1,2,3\n")

    [chunk] = chunks(path, rows=10, types={"a": "double", "b": "string"})

    assert chunk.table.schema.types == [pa.float64(), pa.string(), pa.int64()]


def test_csv_is_read_as_pandas_reads_it(tmp_path):
    """Dates stay texts, codes without a signature become numbers, and missing values are those of pandas."""
    path = tmp_path / "in.csv"
    path.write_text("\ufeffcode,day,at,flag,n,t\n007,2020-01-02,2020-01-02 03:04:05,True,None,a\n8,,,False,<NA>,NA\n")

    [chunk] = chunks(path, rows=10, types={})

    asked = without_missing(chunk.table).to_pandas()
    expected = pd.read_csv(path)
    assert list(asked.columns) == list(expected.columns)
    pd.testing.assert_frame_equal(asked.astype(object).fillna("-"), expected.astype(object).fillna("-"))


def test_columns_beside_those_of_the_model_stay_as_they_are_written(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("zip,id,state,n,empty,x\n00123,12345678901234567890,NA,12,,1\n8001,7,,13,,2\n")

    [chunk] = chunks(path, rows=10, types={"x": "double"})

    assert chunk.table.to_pylist() == [
        {"zip": "00123", "id": "12345678901234567890", "state": "NA", "n": 12, "empty": "", "x": 1.0},
        {"zip": "8001", "id": "7", "state": "", "n": 13, "empty": "", "x": 2.0},
    ]


@pytest.mark.parametrize("block", range(40, 60))
def test_quoted_lines_are_whole_wherever_a_block_ends(tmp_path, monkeypatch, block):
    monkeypatch.setattr(csv_reading, "BLOCK", block)
    path = tmp_path / "in.csv"
    texts = ["a\r\n\r\n", 'say ""x"",\r\n', "\r\nü\n", ""] * 6
    path.write_bytes(("n,t\r\n" + "".join(f'{n},"{text}"\r\n' for n, text in enumerate(texts))).encode())

    found = [
        row for chunk in chunks(path, rows=5, types={"t": "string", "n": "long"}) for row in chunk.table.to_pylist()
    ]

    assert found == [{"n": n, "t": text.replace('""', '"')} for n, text in enumerate(texts)]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_columns_that_begin_empty_take_numbers(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(csv_reading, "BLOCK", 16)
    path = tmp_path / f"in{suffix}"
    lines = ["n,x", *(f"{n}," for n in range(20)), "20,0.5"]
    records = [json.dumps({"n": n, "x": None if n < 20 else 0.5}) for n in range(21)]
    path.write_text("\n".join(lines if suffix == ".csv" else records))

    found = [value for chunk in chunks(path, rows=10, types={}) for value in chunk.table["x"].to_pylist()]

    assert found == [None] * 20 + [0.5]


def test_no_value_of_records_is_lost_or_rounded(tmp_path):
    """Names that the first record lacks, and numbers that become more exact."""
    path = tmp_path / "in.jsonl"
    rows = [{"a": 1}, {"a": 2, "b": "x"}, {"a": 2.5}, {"b": "y", "a": 2**53 + 1.0}]
    path.write_text("\n".join(map(json.dumps, rows)))

    found = [row for chunk in chunks(path, rows=2, types={"a": "double"}) for row in chunk.table.to_pylist()]

    assert found == [{"a": row.get("a"), "b": row.get("b")} for row in rows]
    with pytest.raises(BadInput, match="after row 2, column 'a': Float value 2"):
        list(chunks(path, rows=2, types={}))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("in.csv", "a\n1\nx\n", "in.csv, after row 0: .*invalid value 'x'"),
        ("in.csv", "a,b\n1\n", "Expected 2 columns, got 1"),
        ("in.csv", "a,b\n", "in.csv has no rows"),
        ("in.csv", "", "in.csv"),
        ("in.csv", "a,a\n1,2\n", "more than one column 'a'"),
        ("in.json", '[{"a": 18446744073709551616}]', "after row 0, column 'a'"),
        ("in.json", '{"a": 1}' * 10 + '{"a": 1, "b": 2}', "after row 10 there is a column 'b'"),
        ("in.parquet", "no parquet", "in.parquet, after row 0"),
        ("in.json", '[{"a": 1}, 2]', "in.json: record 2 is no JSON object"),
        ("in.json", '[{"a": 1}, {"a":', "in.json: record 2 is no JSON object"),
        ("in.json", "nonsense", "in.json: record 1 is no JSON object"),
        ("in.json", "[]", "in.json has no rows"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(BadInput, match=message):
        list(chunks(path, rows=10, types={"a": "long"}))


def test_a_broken_file_is_not_read_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 10)
    monkeypatch.setattr(reading, "LARGEST_RECORD", 50)
    path = tmp_path / "in.json"
    path.write_text('{"a": "' + "x" * 10_000)

    with path.open("rb") as file, pytest.raises(BadInput):
        list(reading.records(file))
    with path.open("rb") as file:
        with pytest.raises(BadInput):
            list(reading.records(file))
        assert file.tell() < 100
