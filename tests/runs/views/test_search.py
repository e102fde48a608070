"""The jump box."""

import pytest

from tests.factories import make_experiment, make_run


def found(html):
    return [link.get_text() for link in html.select("main th a")]


def test_words_find_experiments_and_runs_whatever_their_case(pages):
    make_run(make_experiment("Covtype sweep"), name="calm otter")
    make_run(name="calm otter of covtype")
    make_run(name="calm otter, deleted", lifecycle_stage="deleted")

    assert found(pages.html("/search", {"q": "OTTER calm"})) == ["calm otter of covtype", "calm otter"]
    assert found(pages.html("/search", {"q": "covtype"})) == ["Covtype sweep", "calm otter of covtype"]


def test_what_is_alone_is_jumped_to(pages):
    experiment = make_experiment("only one")
    run = make_run(experiment, name="r")

    assert pages.get("/search", {"q": "only"})["Location"] == f"/experiments/{experiment.pk}/"
    assert pages.get("/search", {"q": run.run_id})["Location"] == f"/runs/{run.run_id}/"
    assert pages.get("/search", {"q": run.run_id[:12].upper()})["Location"] == f"/runs/{run.run_id}/"


@pytest.mark.parametrize("text", ["", "   ", "nothing like it", "%_*?[", "\0", "'; DROP TABLE", "x" * 2000, "ünïcode"])
def test_nothing_found_says_what_can_be(pages, text):
    html = pages.html("/search", {"q": text})

    assert found(html) == []
    assert html.select_one(".empty h2")


def test_every_page_has_the_box(pages):
    form = pages.html("/experiments/").select_one("form.jump")

    assert form["action"] == "/search"
    assert form["method"] == "get"
