import csv
import io

from runs.queries import run_listing
from tests.runs.api.helpers import record, refused, text_of


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text_of(response))))


def test_all_matching_runs_are_a_row_each(api, monkeypatch):
    monkeypatch.setattr(run_listing, "IDS_AT_ONCE", 4)
    monkeypatch.setattr(run_listing, "ROWS_AT_ONCE", 3)
    for index in range(11):
        record(api, name=f"run-{index}", start_time=index, params={"lr": index}, metrics={"loss": [[0, 9], [1, index]]})

    response = api.get("runs.csv", {"q": "params.lr > 0", "order_by": "metrics.loss"})

    rows = rows_of(response)
    assert [row["name"] for row in rows] == [f"run-{index}" for index in range(1, 11)]
    assert rows[0]["params.lr"] == "1"
    assert rows[0]["metrics.loss"] == "1.0"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert response["Content-Location"] == "/api/v1/runs.csv?q=params.lr+%3E+0&order_by=metrics.loss"


def test_the_format_can_be_a_parameter(api):
    record(api, name="one")

    assert [row["name"] for row in rows_of(api.get("runs/", {"format": "csv"}))] == ["one"]


def test_columns_can_be_chosen(api):
    record(api, name="one", metrics={"loss": [[0, 1], [5, 3]], "a.min": 7}, tags={"team": "x"})

    text = text_of(
        api.get("runs.csv", {"columns": "name,metrics.loss.min,metrics.loss.step,metrics.a.min,tags.team,params.no"})
    )

    assert text.splitlines() == [
        "name,metrics.loss.min,metrics.loss.step,metrics.a.min,tags.team,params.no",
        "one,1.0,5,7.0,x,",
    ]


def test_an_unknown_column_is_told(api):
    assert "'nonsense'" in refused(api.get("runs.csv", {"columns": "nonsense"}), 400, "INVALID_PARAMETER_VALUE")


def test_a_spreadsheet_runs_nothing(api):
    record(api, name="=1+1", params={"a": "@SUM(A1)", "b": "-3"}, tags={"t": "+x\n"}, note='-"quoted"')

    (row,) = rows_of(api.get("runs.csv"))

    assert row["name"] == "'=1+1"
    assert row["params.a"] == "'@SUM(A1)"
    assert row["params.b"] == "-3"
    assert row["tags.t"].startswith("'+")
    assert row["note"].startswith("'-")


def test_numbers_are_those_of_the_json(api):
    record(api, metrics={"a": "NaN", "b": "-Infinity", "c": 0.1 + 0.2})

    (row,) = rows_of(api.get("runs.csv"))

    assert (row["metrics.a"], row["metrics.b"], row["metrics.c"]) == ("NaN", "-Infinity", "0.30000000000000004")


def test_tags_that_clients_set_by_themselves_are_left_out(api):
    record(api, tags={"mlflow.source.name": "train.py", "team": "vision"})

    header = text_of(api.get("runs.csv")).splitlines()[0]

    assert "tags.team" in header
    assert "mlflow" not in header


def test_errors_stay_json(api):
    refused(api.get("runs.csv", {"q": "metrics.x <"}), 400, "INVALID_PARAMETER_VALUE")
    assert api.get("runs.csv", {"q": "metrics.x <"})["Content-Type"] == "application/json"
