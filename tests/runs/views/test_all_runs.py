"""The runs of all experiments in one table."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from runs.models import Experiment
from runs.search import merging
from tests.factories import make_experiment, make_run

NOON = 1_780_000_000_000


def names(html):
    return [link.get_text() for link in html.select("#run_table tbody th > a:first-of-type")]


@pytest.fixture
def experiments(db):
    """Three, the last deleted; runs in turns."""
    made = [make_experiment(name) for name in ("cats", "dogs", "gone")]
    for number in range(9):
        whose = made[number % 3]
        make_run(
            whose,
            name=f"{whose.name}-{number}",
            start_time=NOON + number,
            metrics={"loss": number / 10},
            params={"model": ("tree", "mlp")[number % 2], "lr": f"{number}"},
        )
    Experiment.objects.filter(name="gone").update(lifecycle_stage="deleted")
    return made


def test_runs_of_all_active_experiments_newest_first_say_whose_they_are(pages, experiments):
    html = pages.html("/runs/")

    assert names(html) == ["dogs-7", "cats-6", "dogs-4", "cats-3", "dogs-1", "cats-0"]
    row = html.select_one("#run_table tbody tr")
    assert row.select_one("td:not(.tick) a")["href"] == f"/experiments/{experiments[1].pk}/"
    assert row.select_one("td:not(.tick) a").get_text() == "dogs"


@pytest.mark.parametrize("few", [0, 10_000])
def test_small_and_large_experiments_are_searched_to_the_same_end(pages, experiments, monkeypatch, few):
    monkeypatch.setattr(merging, "FEW_RUNS", few)
    monkeypatch.setattr(merging, "SMALL", few)

    html = pages.html("/runs/", {"q": "metrics.loss > 0.1 AND params.model = 'mlp'", "order": "metrics.loss"})

    assert names(html) == ["cats-3", "dogs-7"]
    assert html.select_one(".said b").get_text() == "2"


def test_the_address_narrows_it_to_some_experiments(pages, experiments):
    html = pages.html("/runs/", {"experiments": f"{experiments[0].pk},99999"})

    assert names(html) == ["cats-6", "cats-3", "cats-0"]
    assert "There is no experiment 99999 here" in html.get_text()


def test_only_missing_experiments_have_no_runs(pages, experiments):
    html = pages.html("/runs/", {"experiments": "evil,99999999999999999999"})

    assert names(html) == []
    assert "There is no experiment evil, 99999999999999999999 here" in html.get_text()


def test_order_by_experiment_goes_by_its_name(pages, experiments):
    html = pages.html("/runs/", {"order": "-experiment,start_time"})

    assert names(html) == ["dogs-1", "dogs-4", "dogs-7", "cats-0", "cats-3", "cats-6"]


def test_facets_count_over_all_of_them(pages, experiments):
    html = pages.html("/runs/")

    facet = html.find("h2", string="params.model").find_next("ul")
    assert {item.a.get_text(): item.select_one(".n").get_text() for item in facet.select("li")} == {
        "mlp": "3",
        "tree": "3",
    }


def test_an_empty_server_says_how_to_begin(pages, db):
    assert "No runs yet" in pages.html("/runs/").get_text()


def test_its_files_have_all_runs_with_their_experiment(pages, experiments):
    response = pages.get("/runs.csv", {"q": "metrics.loss > 0.5", "columns": "params.lr"})

    lines = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert lines[0] == [
        "run_id", "run_name", "experiment", "status", "user_id", "start_time", "duration_s", "params.lr",
    ]  # fmt: skip
    assert [line[1:3] + line[-1:] for line in lines[1:]] == [["dogs-7", "dogs", "7"], ["cats-6", "cats", "6"]]


def test_queries_do_not_grow_with_the_number_of_small_experiments(pages, experiments):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            pages.html("/runs/", {"q": "metrics.loss > 0.1"})
        return len(captured)

    before = statements()
    for number in range(20):
        make_run(make_experiment(f"more-{number}"), metrics={"loss": 1.0}, params={"model": "tree", "lr": "1"})

    assert statements() == before
