import json

import pyarrow as pa
import pyarrow.parquet
import pytest

from registry.serving.batch import reading
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


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("in.csv", "a\n1\nx\n", "in.csv, after row 0: .*invalid value 'x'"),
        ("in.csv", "a,b\n1\n", "Expected 2 columns, got 1"),
        ("in.csv", "a,b\n", "in.csv has no rows"),
        ("in.csv", "", "in.csv"),
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
