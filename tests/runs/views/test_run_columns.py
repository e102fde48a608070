"""The columns page."""

import pytest

from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def shown(html):
    return [box["value"] for box in html.select(".shown input[name=columns][checked]")]


def test_the_columns_page_offers_keys_with_their_use_and_keeps_the_address(pages, experiment):
    make_run(experiment, params={"lr": "1"}, metrics={"val/acc": 1.0})
    make_run(experiment, params={"lr": "2", "depth": "3"})

    html = pages.html(url(experiment, "columns"), {"columns": "metrics.val/acc.max", "q": "x", "order": "params.lr"})

    assert shown(html) == ["metrics.val/acc.max"]
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
    ("move", "order"),
    [
        ("up:1", "bac"),
        ("down:1", "acb"),
        ("up:0", "abc"),
        ("down:2", "abc"),
        ("up:9", "abc"),
        ("sideways:1", "abc"),
        ("up:-1", "abc"),
        ("x", "abc"),
    ],
)
def test_columns_are_put_in_order_without_a_script(pages, experiment, move, order):
    make_run(experiment, params={"a": "1", "b": "2", "c": "3"})

    html = pages.html(url(experiment, "columns"), {"columns": "params.a,params.b,params.c", "move": move})

    assert "".join(spec[-1] for spec in shown(html)) == order
    moves = [button["value"] for button in html.select(".shown button:not([disabled])")]
    assert moves == ["down:0", "up:1", "down:1", "up:2"]
    assert {button["formaction"] for button in html.select(".shown button")} == {url(experiment, "columns")}


def test_columns_are_pinned_in_the_address(pages, experiment):
    make_run(experiment, params={"a": "1", "b": "2"})

    html = pages.html(url(experiment, "columns"), {"columns": "params.a,params.b", "pin": "params.b,params.gone"})

    assert [box["value"] for box in html.select("input[name=pin][checked]")] == ["params.b"]
    assert not html.select("input[type=hidden][name=pin]")


def test_params_alike_in_all_runs_are_folded_away(pages, experiment):
    for seed in "12":
        make_run(experiment, params={"seed": seed, "optimizer": "adam"})

    html = pages.html(url(experiment, "columns"), {"columns": "run_id"})

    assert [item["data-name"] for item in html.select("details [data-name]")] == ["optimizer"]
    assert "adam" in html.select_one("details [data-name]").get_text()


def test_as_many_statements_with_many_keys(pages, experiment, django_assert_max_num_queries):
    make_run(experiment, metrics={f"metric_{number}": 1.0 for number in range(300)})

    with django_assert_max_num_queries(12):
        html = pages.html(url(experiment, "columns"))

    assert len(html.select(".offer")) == 40
    assert "find the others" in html.select_one(".offers").get_text()


def test_a_metric_where_another_was_best_is_a_column(pages, experiment):
    make_run(experiment, metrics={"acc": 0.9, "val/loss": 0.1})

    asked = {"columns": "metrics.acc", "at_of": "acc", "at_best": "metrics.val/loss"}
    found = pages.html(url(experiment, "columns"), asked)
    missing = pages.html(url(experiment, "columns"), asked | {"at_best": "nothing <b>"})

    assert shown(found) == ["metrics.acc", "metrics.acc.at.val/loss"]
    assert shown(missing) == ["metrics.acc"]
    assert "metrics.acc.at.nothing <b>" in missing.select_one(".at .bad").get_text()


def test_a_small_line_of_a_metric_is_a_column(pages, experiment):
    make_run(experiment, metrics={"acc": 0.9})

    assert shown(pages.html(url(experiment, "columns"), {"columns": "metrics.acc.line"})) == ["metrics.acc.line"]
