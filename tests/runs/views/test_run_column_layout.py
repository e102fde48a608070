"""Columns that fold away, and columns that stay when the table is scrolled sideways."""

import pytest

from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    experiment = make_experiment("covtype")
    for number in range(3):
        make_run(
            experiment,
            name=f"r{number}",
            metrics={"acc": number / 10},
            params={"lr": "0.001", "depth": str(number), "text": "x" * 90},
        )
    return experiment


def table(pages, experiment, **query):
    return pages.html(f"/experiments/{experiment.pk}/", query)


def heads(html):
    row = html.select("#run_table thead tr:last-child th")
    return [head.a.get_text(" ", strip=True) if head.a else head.get_text() for head in row]


def test_params_that_are_the_same_in_all_runs_are_a_line_above(pages, experiment):
    html = table(pages, experiment)

    assert heads(html)[3:] == ["acc", "depth"]
    assert "2 columns the same in all: lr 0.001, text" in html.select_one(".folded").get_text()
    assert html.select_one(".folded span[title]")["title"] == "x" * 90


def test_they_are_shown_on_request(pages, experiment):
    html = table(pages, experiment)

    shown = pages.html(f"/experiments/{experiment.pk}/{html.select_one('.folded a')['href']}")

    assert heads(shown)[3:] == ["acc", "depth", "lr", "text"]


def test_what_differs_only_under_the_filter_folds_too(pages, experiment):
    html = table(pages, experiment, q="params.depth = '1' OR params.depth = '1'")
    assert heads(html)[3:] == ["acc", "depth"]  # of one run all is the same

    make_run(experiment, name="again", metrics={"acc": 0.9}, params={"depth": "1", "lr": "0.001"})
    html = table(pages, experiment, q="params.depth = '1'")
    assert heads(html)[3:] == ["acc", "text"]
    assert "lr 0.001" in html.select_one(".folded").get_text()
    assert "depth 1" in html.select_one(".folded").get_text()


def test_columns_that_were_asked_for_stay(pages, experiment):
    html = table(pages, experiment, columns="params.lr,params.depth")

    assert heads(html) == ["Run", "lr", "depth"]
    assert not html.select(".folded")


def test_pinned_columns_come_first_and_stay(pages, experiment):
    html = table(pages, experiment, columns="metrics.acc,params.depth,params.lr", pin="params.lr,params.depth")

    assert heads(html) == ["Run", "lr", "depth", "acc"]
    assert [head["class"] for head in html.select("#run_table thead th.pin")] == [
        ["n", "pin", "pin-1"], ["n", "pin", "pin-2"],
    ]  # fmt: skip
    assert len(html.select("#run_table tbody td.pin.pin-2")) == 3


def test_a_pinned_column_is_shown_though_it_is_constant_or_was_not_asked_for(pages, experiment):
    assert heads(table(pages, experiment, pin="params.lr"))[1] == "lr"
    assert heads(table(pages, experiment, columns="metrics.acc", pin="params.lr,params.nope")) == ["Run", "lr", "acc"]
