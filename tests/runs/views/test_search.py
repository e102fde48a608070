"""The jump box."""

import pytest

from runs.models import SavedView
from tests.clients import PageClient
from tests.factories import make_experiment, make_logged_model, make_run


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


def linked(html, heading):
    title = html.find(["h2", "h3"], string=heading)
    return (
        {}
        if title is None
        else {
            link.find(["span", "code"]).get_text() if link.find(["span", "code"]) else link.get_text(): link["href"]
            for link in title.find_parent(["section", "div"]).select("th a") or title.find_next("ul").select("a")
        }
    )


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_keys_models_and_views_are_found_too(pages, headers):
    experiment = make_experiment("first")
    run = make_run(experiment, params={"otter size": "1"}, metrics={"otter_loss": 1.0})
    model = make_logged_model(experiment, name="otter net")
    model.source_run_id = run.run_id
    model.save()
    fields = {"page": "runs", "name": "Otters, best first", "query": "", "experiment": experiment.pk}
    pages.post("/views/save", fields)
    view = SavedView.objects.get()

    html = pages.html("/search", {"q": "otter"}, **headers)

    assert linked(html, "Keys") == {
        "metrics.otter_loss": f"/experiments/{experiment.pk}/?q=has%28metrics.otter_loss%29",
        "params.otter size": f"/experiments/{experiment.pk}/?q=has%28params.%60otter%20size%60%29",
    }
    assert linked(html, "Logged models") == {"otter net": f"/runs/{run.run_id}/artifacts?model={model.model_id}"}
    assert linked(html, "Saved views") == {"Otters, best first": f"/views/{view.pk}"}
    assert linked(PageClient().html("/search", {"q": "otter"}), "Saved views") == {}


def test_the_palette_keeps_to_the_keys_of_the_experiment_it_is_opened_on(pages):
    first, second = make_experiment("a"), make_experiment("b")
    make_run(first, params={"lr": "1"})
    make_run(second, params={"lr_decay": "1"})

    answer = pages.html("/search", {"q": "lr", "experiment": first.pk}, **{"HX-Request": "true"})

    assert list(linked(answer, "Keys")) == ["params.lr"]
    assert pages.get("/search", {"q": "lr", "experiment": "x" * 40}).status_code == 200


def test_hostile_names_are_text_in_the_palette(pages):
    make_run(make_experiment("<script>alert(1)</script>"), name="<b>alert</b>", params={"<i>alert": "1"})

    answer = pages.get("/search", {"q": "alert"}, headers={"HX-Request": "true"})

    assert b"<script>" not in answer.content
    assert b"<b>alert" not in answer.content


def test_statements_are_few_whatever_is_found(pages, django_assert_max_num_queries):
    for number in range(12):
        make_run(make_experiment(f"otter {number}"), name="otter", params={f"otter{number}": "1"})

    with django_assert_max_num_queries(10):
        pages.get("/search", {"q": "otter"}, headers={"HX-Request": "true"})
