import json

import pyarrow as pa
import pyarrow.parquet
import pytest

from registry.serving.batch.writing import SINKS, BadOutput, written


@pytest.mark.parametrize("suffix", list(SINKS))
def test_tables_become_one_file(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"

    with written(path) as writer:
        writer.write(pa.table({"a": [1, 2], "p": [None, None]}))
        writer.write(pa.table({"a": [3], "p": [0.5]}))
        assert not path.exists()

    rows = [{"a": 1, "p": None}, {"a": 2, "p": None}, {"a": 3, "p": 0.5}]
    match suffix:
        case ".parquet":
            assert pyarrow.parquet.read_table(path).to_pylist() == rows
        case ".csv":
            assert path.read_text() == '"a","p"\n1,\n2,\n3,0.5\n'
        case ".json":
            assert json.loads(path.read_text()) == rows
        case _:
            assert [json.loads(line) for line in path.read_text().splitlines()] == rows


def test_a_column_that_comes_later_is_not_lost(tmp_path):
    with written(tmp_path / "out.csv") as writer:
        writer.write(pa.table({"a": [1]}))
        with pytest.raises(BadOutput, match="there is 'b' now"):
            writer.write(pa.table({"a": [2], "b": [3]}))


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")

    def write_two():
        with written(path) as writer:
            writer.write(pa.table({"a": [1]}))
            writer.write(pa.table({"a": ["x"]}))

    with pytest.raises(BadOutput, match="not like those before"):
        write_two()

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
