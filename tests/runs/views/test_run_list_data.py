"""The runs table elsewhere: as CSV, as a query of a client, as what a poll gets."""

import csv
import io
import json
import shlex

import pytest

from runs.queries import run_table_lines
from tests.clients import parse
from tests.factories import make_experiment, make_run
from tests.runs.points import log_points

NOON = 1_780_000_000_000


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


@pytest.fixture
def family(experiment):
    for number, model in enumerate(["mlp", "mlp", "mlp", "forest"]):
        make_run(
            experiment,
            name=f"{model} {number}",
            params={"model": model, "seed": str(number % 2), "same": "x"},
            tags={"mlflow.user": "ana" if number else "bo"},
            status="FAILED" if number == 3 else "FINISHED",
        )
    return experiment


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def names(html):
    return [link.get_text() for link in html.select("#run_table tbody th > a:first-of-type")]


def read_csv(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_csv_holds_all_matching_runs_with_the_chosen_columns(pages, experiment):
    for number in range(130):
        make_run(
            experiment, name=f"{number}", start_time=NOON + number, metrics={"acc": number / 7}, params={"f": "=1+1"}
        )

    response = pages.get(
        url(experiment, "runs.csv"),
        {"columns": "metrics.acc,params.f", "q": "metrics.acc > 1", "order": "-metrics.acc"},
    )

    rows = read_csv(response)
    assert len(rows) == 122
    assert list(rows[0]) == [
        "run_id", "run_name", "status", "user_id", "start_time", "duration_s", "metrics.acc", "params.f",
    ]  # fmt: skip
    assert float(rows[0]["metrics.acc"]) == 129 / 7
    assert rows[0]["params.f"] == "'=1+1"
    assert "covtype-runs.csv" in response["Content-Disposition"]
    assert "q=metrics.acc" in response["Content-Location"]


def test_csv_with_all_columns_has_every_key(pages, experiment):
    make_run(experiment, params={"lr": "1"}, metrics={"loss": 0.5}, tags={"team": "a"})
    make_run(experiment, params={"depth": "2"})

    rows = read_csv(pages.get(url(experiment, "runs.csv"), {"columns": "all"}))

    assert {"params.lr", "params.depth", "metrics.loss", "tags.team"} <= set(rows[0])
    assert {row["params.lr"] for row in rows} == {"1", ""}


@pytest.mark.parametrize(
    "order", ["", "-metrics.loss", "metrics.loss.max", "params.lr", "-tags.team", "duration", "run_name"]
)
def test_csv_is_read_in_pieces_without_a_gap(pages, experiment, monkeypatch, order):
    monkeypatch.setattr(run_table_lines, "IDS_AT_ONCE", 7)
    monkeypatch.setattr(run_table_lines, "ROWS_AT_ONCE", 3)
    for number in range(40):
        values = {"loss": float(number % 5)} if number % 3 else {}
        make_run(experiment, name=f"{number % 4}", metrics=values, params={"lr": f"{number % 6}"}, tags={"team": "x"})

    rows = read_csv(pages.get(url(experiment, "runs.csv"), {"order": order}))
    shown = [box["value"] for box in pages.html(url(experiment), {"order": order}).select("input[name=runs]")]

    assert [row["run_id"] for row in rows] == shown
    assert len(shown) == 40


def test_csv_of_a_bad_filter_is_an_error_in_words(pages, experiment):
    response = pages.get(url(experiment, "runs.csv"), {"q": "metrics.acc >"})

    assert response.status_code == 400
    assert "Invalid clause" in parse(response).select_one("main").get_text()


def test_copy_as_says_the_same_query(pages, family):
    html = pages.html(url(family), {"q": "params.seed = '0'", "params.model": "mlp", "order": "-params.seed"})

    python = html.select_one("#copy_python").get_text()
    assert "(params.seed = '0') AND params.`model` = 'mlp'" in python
    assert "params.seed DESC" in python
    assert f'experiment_ids=["{family.pk}"]' in python


def test_the_copied_filter_finds_the_same_runs(pages, family, mlflow_api):
    html = pages.html(url(family), {"q": "params.seed = '0' OR params.seed = '1'", "not.params.model": "forest"})
    body = json.loads(shlex.split(html.select_one("#copy_curl").get_text())[-1])

    found = mlflow_api.post("runs/search", body).json()["runs"]

    assert sorted(run["info"]["run_name"] for run in found) == sorted(names(html))


def test_a_value_with_both_quotes_is_copied_as_a_pattern_that_finds_it(pages, experiment, mlflow_api):
    value = """it's "quoted\""""
    run = make_run(experiment, params={"text": value})
    make_run(experiment, params={"text": "it's"})

    html = pages.html(url(experiment), {"params.text": value})
    body = json.loads(shlex.split(html.select_one("#copy_curl").get_text())[-1])
    found = mlflow_api.post("runs/search", body).json()["runs"]

    assert [one["info"]["run_id"] for one in found] == [run.run_id]


def test_a_poll_gets_304_until_something_moves(pages, experiment):
    run = make_run(experiment, name="r", metrics={"acc": 1.0})
    headers = {"HX-Request": "true"}

    first = pages.get(url(experiment), headers=headers)
    again = pages.get(url(experiment), headers=headers | {"If-None-Match": first["ETag"]})
    log_points(run, "acc", [(1, 2_000, 2.0)])
    moved = pages.get(url(experiment), headers=headers | {"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, moved.status_code) == (200, 304, 200)
    assert first.content.decode().lstrip().startswith("<section")
