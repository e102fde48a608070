"""Chips of a filter, and the form that adds a condition to it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.clients import parse
from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    experiment = make_experiment("covtype")
    make_run(
        experiment, params={"lr": "0.1", "model": "mlp"}, metrics={"val/acc": 0.9, "loss": 0.5}, tags={"team": "a"}
    )
    return experiment


def chips(html):
    return {
        chip.find(["span", "code"]).get_text(): parse_qs(urlsplit(chip.select_one(".away")["href"]).query)
        for chip in html.select(".chip")
    }


def test_filter_and_facets_are_chips_each_taken_away_by_a_link(pages, experiment):
    query = {
        "q": "metrics.loss < 1 AND (params.lr = 0.1 OR params.lr = 1)",
        "params.model": ["mlp", "tree"],
        "not.status": "FAILED",
        "columns": "params.lr",
        "page": "3",
    }

    found = chips(pages.html(f"/experiments/{experiment.pk}/", query))

    assert list(found) == [
        "metrics.loss < 1",
        "(params.lr = 0.1 OR params.lr = 1)",
        "params.model is mlp",
        "params.model is tree",
        "status is not FAILED",
    ]
    kept = {"columns": ["params.lr"], "not.status": ["FAILED"]}
    assert found["metrics.loss < 1"] == kept | {
        "q": ["(params.lr = 0.1 OR params.lr = 1)"],
        "params.model": ["mlp", "tree"],
    }
    assert found["params.model is mlp"]["params.model"] == ["tree"]
    assert "not.status" not in found["status is not FAILED"]


@pytest.mark.parametrize("text", ["metrics.loss >", "<script>alert(1)</script>", "'", "((("])
def test_a_filter_that_cannot_be_read_is_one_chip(pages, experiment, text):
    html = parse(pages.get(f"/experiments/{experiment.pk}/", {"q": text}))

    assert chips(html) == {text: {}}


def added(pages, experiment, **asked):
    path = f"/experiments/{experiment.pk}/condition" if experiment else "/runs/condition"
    return pages.get(path, asked)


@pytest.mark.parametrize(
    ("key", "comparison", "value", "condition"),
    [
        ("metrics.loss", "less", "0.5", "metrics.loss < 0.5"),
        ("metrics.loss.min", "at-most", "1e-3", "metrics.loss.min <= 1e-3"),
        ("metrics.val/acc", "at-least", "0.9", "metrics.`val/acc` >= 0.9"),
        ("params.lr", "is", "0.1", "params.lr = 0.1"),
        ("params.model", "is", "mlp", "params.model = 'mlp'"),
        ("model", "is-not", "it's", 'params.model != "it\'s"'),
        ("val/acc", "more", "1", "metrics.`val/acc` > 1"),
        ("tags.team", "contains", "a%", "tags.team ILIKE '%a%%'"),
        ("run_name", "starts", "calm", "run_name ILIKE 'calm%'"),
        ("status", "is", "failed", "status = 'FAILED'"),
        ("start_time", "more", "-7d", "start_time > -7d"),
        ("duration", "more", "10m", "duration > 10m"),
        ("params.lr", "set", "", "has(params.lr)"),
        ("end_time", "unset", "ignored", "NOT has(end_time)"),
        ("dataset.name", "is", "iris", "dataset.name = 'iris'"),
    ],
)
def test_plain_words_become_a_condition(pages, experiment, key, comparison, value, condition):
    response = added(pages, experiment, key=key, comparison=comparison, value=value)

    assert response.status_code == 302
    address = urlsplit(response["Location"])
    assert address.path == f"/experiments/{experiment.pk}/"
    assert parse_qs(address.query) == {"q": [condition]}
    assert pages.get(response["Location"]).status_code == 200


def test_it_joins_what_is_there_and_goes_back_to_its_page(pages, experiment):
    asked = {"q": "a OR b", "order": "params.lr", "page": "2", "back": "/runs/", "params.model": "mlp"}

    response = added(pages, experiment, key="lr", comparison="set", value="", **asked)

    address = urlsplit(response["Location"])
    assert address.path == "/runs/"
    assert parse_qs(address.query) == {
        "q": ["(a OR b) AND has(params.lr)"],
        "order": ["params.lr"],
        "params.model": ["mlp"],
    }


@pytest.mark.parametrize(
    ("key", "comparison", "value", "field"),
    [
        ("", "is", "1", "key"),
        ("nobody_has_this", "is", "1", "key"),
        ("params.lr", "like", "1", "comparison"),
        ("params.lr", "is", "", "value"),
        ("metrics.loss", "is", "abc", "value"),
        ("metrics.loss", "contains", "1", "comparison"),
        ("start_time", "more", "yesterday", "value"),
        ("params.model", "is", 'it\'s "both"', "value"),
        ("dataset.nothing", "is", "x", "value"),
        ("params.\0", "is", "x", "key"),
        ("x" * 5000, "is", "x", "key"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field(pages, experiment, key, comparison, value, field):
    response = added(pages, experiment, key=key, comparison=comparison, value=value)

    html = parse(response)
    assert response.status_code == 400
    assert html.select_one("#condition_problem").get_text()
    assert html.select_one("[aria-invalid]")["name"] == field


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/nowhere", "javascript:1"]
)
def test_it_never_leads_away(pages, experiment, back):
    response = added(pages, experiment, key="lr", comparison="set", value="", back=back)

    assert urlsplit(response["Location"]).path == f"/experiments/{experiment.pk}/"
    assert not urlsplit(response["Location"]).netloc


def test_a_filter_that_cannot_be_read_is_to_be_mended_first(pages, experiment):
    response = added(pages, experiment, q="metrics.loss >", key="lr", comparison="set", value="")

    assert response.status_code == 400
    assert "mend it first" in parse(response).select_one("#condition_problem").get_text()


def test_the_form_offers_keys_with_their_use(pages, experiment):
    html = pages.html(f"/experiments/{experiment.pk}/condition", {"q": "x", "back": f"/experiments/{experiment.pk}/"})

    offered = {option["value"]: option.get_text() for option in html.select("#condition_keys option")}
    assert offered["params.lr"] == "1 run"
    assert {"status", "metrics.val/acc", "tags.team"} <= offered.keys()
    assert html.select_one("main input[name=q]")["value"] == "x"


def test_all_runs_have_the_form_too(pages, experiment):
    html = pages.html("/runs/")

    assert html.select_one("panel-link a[href^='/runs/condition']")
    assert urlsplit(added(pages, None, key="lr", comparison="is", value="0.1")["Location"]).path == "/runs/"
