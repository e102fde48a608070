"""A table as a file: the same rows in each form, and what it says of itself."""

import io
import json
import math
from urllib.parse import unquote

import pandas
import pytest
from django.test import RequestFactory
from pyarrow import parquet

from trackui.exports.responses import FORMS, export_response
from trackui.exports.tables import Table, columns

COLUMNS = columns(name="text", value="number", step="integer", at="time", best="flag")
ROWS = [
    ("a", 0.1, 3, 1_768_556_467_000, True),
    ('=1+1,"x"\n', math.nan, None, None, False),
    (None, -math.inf, 2**53 + 1, 0, None),
]


def read(form, rows=ROWS, **more):
    request = RequestFactory().get(f"/things.{form}", {"q": "a = 1"})
    response = export_response(request, Table("things", COLUMNS, iter(rows), **more), form)
    return response, b"".join(response.streaming_content)


def test_csv_has_every_row_and_runs_nothing_in_a_spreadsheet():
    _, body = read("csv")

    assert body.decode() == (
        "name,value,step,at,best\r\n"
        "a,0.1,3,2026-01-16T09:41:07.000+00:00,True\r\n"
        '"\'=1+1,""x""\n",NaN,,,False\r\n'
        ",-Infinity,9007199254740993,1970-01-01T00:00:00.000+00:00,\r\n"
    )


def test_json_is_a_list_of_objects():
    _, body = read("json")

    assert [row["value"] for row in json.loads(body)] == [0.1, "NaN", "-Infinity"]
    assert json.loads(body)[2]["step"] == 2**53 + 1


def test_parquet_keeps_types():
    _, body = read("parquet")

    frame = pandas.read_parquet(io.BytesIO(body))
    assert frame["name"].tolist()[:2] == ["a", '=1+1,"x"\n']
    assert frame["value"].iloc[2] == -math.inf
    assert frame["at"].iloc[0] == pandas.Timestamp("2026-01-16T09:41:07Z")


def test_parquet_sends_row_groups_as_they_are_made(monkeypatch):
    monkeypatch.setattr("trackui.exports.parquet.ROWS_A_GROUP", 10)

    _, body = read("parquet", [("a", float(n), n, n, True) for n in range(25)])

    file = parquet.ParquetFile(io.BytesIO(body))
    assert file.num_row_groups == 3
    assert file.read()["step"].to_pylist() == list(range(25))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_what_it_is_of_and_from_when(form):
    response, _ = read(form, filter="params.x = 'ä'")

    assert response["Content-Location"] == f"/things.{form}?q=a+%3D+1"
    assert unquote(response["X-Trackui-Filter"]) == "params.x = 'ä'"
    assert response["X-Trackui-Time"].endswith("+00:00")
    assert f'filename="things.{form}"' in response["Content-Disposition"]


def test_parquet_keeps_that_in_its_metadata():
    _, body = read("parquet", filter="params.x = 1")

    metadata = parquet.read_schema(io.BytesIO(body)).metadata
    assert metadata[b"trackui.filter"] == b"params.x = 1"


@pytest.mark.parametrize("form", FORMS)
def test_a_table_without_rows_is_a_whole_file(form):
    _, body = read(form, [])

    if form == "csv":
        assert body == b"name,value,step,at,best\r\n"
    elif form == "json":
        assert json.loads(body) == []
    else:
        assert parquet.read_table(io.BytesIO(body)).num_rows == 0


@pytest.mark.parametrize("form", FORMS)
def test_what_fails_at_the_first_row_fails_before_the_answer(form):
    def rows():
        raise ValueError("no rows")
        yield

    with pytest.raises(ValueError, match="no rows"):
        read(form, rows())
