"""The columns page."""

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
