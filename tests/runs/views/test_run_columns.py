"""The columns page, and what completes a filter."""

import pytest

from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def test_the_columns_page_offers_keys_with_their_use_and_keeps_the_address(pages, experiment):
    make_run(experiment, params={"lr": "1"}, metrics={"val/acc": 1.0})
    make_run(experiment, params={"lr": "2", "depth": "3"})

    html = pages.html(url(experiment, "columns"), {"columns": "metrics.val/acc.max", "q": "x", "order": "params.lr"})

    chosen = [box["value"] for box in html.select("input[name=columns][checked]:not([disabled])")]
    assert chosen == ["metrics.val/acc.max"]
    assert {"params.lr", "params.depth", "metrics.val/acc", "metrics.val/acc.mean", "start_time"} <= {
        box["value"] for box in html.select("input[name=columns]")
    }
    assert html.select_one("form.picker")["action"] == url(experiment)
    assert {field["name"] for field in html.select("input[type=hidden]")} == {"q", "order"}


def test_the_columns_page_finds_keys_by_a_part_of_their_name(pages, experiment):
    make_run(experiment, params={"learning_rate": "1", "depth": "2", "50%": "x"} | {"100_percent": "1"})

    def found(text):
        html = pages.html(url(experiment, "columns"), {"columns": "run_id", "find": text})
        return [item["data-name"] for item in html.select("[data-name]") if item["data-name"] != "Run ID"]

    assert found("RATE") == ["learning_rate"]
    assert found("_p") == ["100_percent"]


@pytest.mark.parametrize(
    ("text", "start", "first"),
    [
        ("metrics.v", 0, "metrics.val_acc "),
        ("status = 'FINISHED' AND (par", 25, None),
        ("lr", 0, "params.lr "),
        ("params.model = ", 15, "'mlp' "),
        ("params.model = 'f", 15, "'forest' "),
        ("status = 'f", 9, "'FINISHED' "),
        ("stat", 0, "status "),
        ("params.`model` = '", 17, "'mlp' "),
    ],
)
def test_completion(pages, experiment, text, start, first):
    for model in ("mlp", "mlp", "forest"):
        make_run(experiment, params={"model": model, "lr": "1"}, metrics={"val_acc": 1.0})

    answer = pages.get(url(experiment, "complete"), {"text": text}).json()

    assert answer["start"] == start
    assert (answer["options"][0]["text"] if answer["options"] else None) == first


def test_completion_quotes_names_that_need_it(pages, experiment):
    make_run(experiment, metrics={"system/cpu": 1.0})

    answer = pages.get(url(experiment, "complete"), {"text": "metrics.cpu"}).json()

    assert answer["options"] == [{"text": "metrics.`system/cpu` ", "note": "1 run"}]
