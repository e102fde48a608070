"""Children under their parents in the run table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from runs.queries import run_families
from runs.search import pages as walked
from runs.services.runs import delete_run
from tests.factories import make_experiment, make_run

NOON = 1_780_000_000_000


@pytest.fixture(params=[(10_000, 0), (0, 10_000), (0, 0)], ids=["known", "roots_sorted", "roots_walked"])
def experiment(db, request, monkeypatch):
    """Families of few runs are known as a whole, of many looked up page by page: all ways must say the same."""
    most_known, most_roots = request.param
    monkeypatch.setattr(run_families, "MOST_KNOWN", most_known)
    monkeypatch.setattr(run_families, "MOST_ROOTS", most_roots)
    return make_experiment("sweeps")


def child(experiment, parent, name, start, **rest):
    return make_run(experiment, name=name, start_time=NOON + start, tags={"mlflow.parentRunId": parent.run_id}, **rest)


def listed(html):
    """Depth and name, row by row; what is there for its children in brackets."""
    found = []
    for row in html.select("#run_table tbody tr"):
        head = row.select_one("th")
        depth = next((int(name[-1]) for name in head.get("class", []) if name.startswith("depth-")), None)
        name = head.select_one("a").get_text()
        found.append((depth, f"({name})" if "context" in row.get("class", []) else name))
    return found


def table(pages, experiment, **query):
    return pages.html(f"/experiments/{experiment.pk}/", query)


@pytest.fixture
def sweep(experiment):
    """Two sweeps, one a level deeper, and a run alone."""
    first = make_run(experiment, name="first", start_time=NOON, metrics={"loss": 9.0})
    second = make_run(experiment, name="second", start_time=NOON + 10)
    for number, loss in enumerate([0.3, 0.1, 0.2]):
        child(experiment, first, f"a{number}", number + 1, metrics={"loss": loss})
    b0 = child(experiment, second, "b0", 11, metrics={"loss": 0.05})
    child(experiment, b0, "deep", 12, metrics={"loss": 0.01})
    make_run(experiment, name="alone", start_time=NOON + 5, metrics={"loss": 0.5})
    return experiment


def test_children_stand_under_their_parents_in_any_order(pages, sweep):
    assert listed(table(pages, sweep)) == [
        (0, "second"), (1, "b0"), (2, "deep"), (0, "alone"), (0, "first"), (1, "a2"), (1, "a1"), (1, "a0"),
    ]  # fmt: skip
    assert listed(table(pages, sweep, order="metrics.loss")) == [
        (0, "alone"), (0, "first"), (1, "a1"), (1, "a2"), (1, "a0"), (0, "second"), (1, "b0"), (2, "deep"),
    ]  # fmt: skip


def test_the_total_stays_the_number_of_runs(pages, sweep):
    assert table(pages, sweep).select_one(".said b").get_text() == "8"


def test_a_parent_that_does_not_match_is_there_for_its_children(pages, sweep):
    html = table(pages, sweep, q="metrics.loss < 0.15")

    assert listed(html) == [(0, "(second)"), (1, "b0"), (2, "deep"), (0, "(first)"), (1, "a1")]
    assert html.select_one(".said b").get_text() == "3"


def test_a_match_far_below_brings_up_all_it_comes_from(pages, sweep):
    assert listed(table(pages, sweep, q="run_name = 'deep'")) == [(0, "(second)"), (1, "(b0)"), (2, "deep")]


def test_children_without_their_parent_are_roots(pages, experiment):
    parent = make_run(experiment, name="gone", lifecycle_stage="active", start_time=NOON)
    child(experiment, parent, "orphan", 1)
    delete_run(parent.run_id, user=None)

    assert listed(table(pages, experiment)) == [(0, "orphan")]


def test_flat_is_the_list_as_it_was(pages, sweep):
    html = table(pages, sweep, children="flat")

    assert [name for _, name in listed(html)] == ["deep", "b0", "second", "alone", "a2", "a1", "a0", "first"]


def test_folded_families_show_how_many_they_are_and_one_opens(pages, sweep):
    html = table(pages, sweep, children="folded")

    assert listed(html) == [(0, "second"), (0, "alone"), (0, "first")]
    link = html.find("a", class_="fold", string="▸ 3")
    opened = pages.html(f"/experiments/{sweep.pk}/{link['href']}")
    assert listed(opened) == [(0, "second"), (0, "alone"), (0, "first"), (1, "a2"), (1, "a1"), (1, "a0")]

    shut = pages.html(f"/experiments/{sweep.pk}/{opened.find('a', string='▾ 3')['href']}")
    assert listed(shut) == listed(html)


def test_of_many_children_the_first_are_shown_and_the_others_said(pages, sweep, monkeypatch):
    monkeypatch.setattr(run_families, "MORE_ROWS", 2)
    monkeypatch.setattr(run_families, "FEWEST_CHILDREN", 2)

    html = table(pages, sweep, q="run_name = 'first' OR run_name ILIKE 'a%'", order="metrics.loss")

    assert listed(html) == [(0, "alone"), (0, "first"), (1, "a1"), (1, "a2"), (1, "1 more of first")]
    opened = pages.html(f"/experiments/{sweep.pk}/{html.select_one('tr.rest a')['href']}")
    assert listed(opened)[1:] == [(0, "first"), (1, "a1"), (1, "a2"), (1, "a0")]


def test_pages_are_of_families(pages, experiment):
    for number in range(60):
        parent = make_run(experiment, name=f"p{number:02}", start_time=NOON + number)
        child(experiment, parent, f"c{number:02}", 100 + number)

    html = table(pages, experiment, page="2")

    assert listed(html) == [
        pair for number in range(9, -1, -1) for pair in ((0, f"p{number:02}"), (1, f"c{number:02}"))
    ]
    assert [link.get_text() for link in html.select(".pager a[href*='page=']")][:2] == ["←", "1"]


def test_a_parent_shows_its_best_child(pages, sweep):
    html = table(pages, sweep, order="metrics.loss")
    notes = {row.select_one("th a").get_text(): row.select_one("th .best-child") for row in html.select("tbody tr")}

    assert notes["first"].get_text(" ", strip=True) == "best 0.1 a1"
    assert notes["second"].get_text(" ", strip=True) == "best 0.05 b0"
    assert not table(pages, sweep, best_child="none").select("tbody th .best-child")


def test_runs_that_are_children_of_each_other_are_listed(pages, experiment):
    one = make_run(experiment, name="one", start_time=NOON)
    other = child(experiment, one, "other", 1)
    pages.post(f"/runs/{one.run_id}/tags/set", {"key": "mlflow.parentRunId", "value": other.run_id})

    names = {name for _, name in listed(table(pages, experiment, children="flat"))}
    assert names == {"one", "other"}


def test_an_experiment_without_children_pays_nothing(pages, experiment):
    make_run(experiment, metrics={"loss": 1.0})

    with CaptureQueriesContext(connection) as captured:
        html = table(pages, experiment)

    assert not any("parent_id IN" in query["sql"] or "p.id" in query["sql"] for query in captured)
    assert "Children:" not in html.get_text()


@pytest.mark.parametrize("trial", [1, 500])
def test_families_of_a_walk_are_those_of_all(pages, sweep, monkeypatch, trial):
    monkeypatch.setattr(walked, "TRIAL_RUNS", trial)

    assert [name for _, name in listed(table(pages, sweep, q="metrics.loss > 0.4"))] == ["alone", "first"]
