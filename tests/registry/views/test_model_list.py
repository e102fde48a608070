"""The list of registered models."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import PROMPT_TAG, ModelEvent, ModelVersion, RegisteredModel
from registry.queries import model_list as queries
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from tests.clients import parse
from tests.factories import make_model_version, make_registered_model
from trackui.clock import now_ms

DAY = 24 * 3600 * 1000
STATEMENTS = 14


def names(page) -> list[str]:
    return [link.get_text() for link in page.select("tbody th a")]


def age(model, days):
    time = now_ms() - days * DAY
    RegisteredModel.objects.filter(pk=model.pk).update(creation_time=time)
    ModelVersion.objects.filter(registered_model=model).update(creation_time=time)


def test_a_row_tells_stages_aliases_versions_and_the_last_change(pages):
    model = make_registered_model("churn", description="Who **leaves**", tags={"team": "risk"})
    for _ in range(3):
        make_model_version(model)
    transition_stage("churn", 2, "Production", user=None)
    set_alias("churn", "champion", 1, note="clean", user=None)

    page = pages.html("/models/")

    row = page.select_one("tbody tr").get_text(" ", strip=True)
    assert names(page) == ["churn"]
    for text in ("Production 2", "@champion", "@champion to 1", "team", "Who leaves"):
        assert text in row
    assert page.select_one(".alias a")["href"] == "/models/churn/versions/1/"
    assert "1 model" in page.select_one(".said").get_text(" ", strip=True)


def test_words_and_conditions_search_models(pages):
    make_registered_model("churn eu", tags={"team": "risk"})
    make_registered_model("demand", tags={"team": "ops"})

    assert names(pages.html("/models/", {"q": "CHURN"})) == ["churn eu"]
    page = pages.html("/models/", {"q": "tags.team = 'ops'"})
    assert names(page) == ["demand"]
    assert page.select_one(".chip").get_text(strip=True).startswith("tags.team = 'ops'")
    assert "1 of 2 models" in page.select_one(".said").get_text(" ", strip=True)


def test_a_broken_filter_is_marked_where_it_breaks(pages):
    make_registered_model("churn")

    response = pages.get("/models/", {"q": "name ="})

    assert response.status_code == 400
    assert parse(response).select_one("#complaint") is not None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stale": "30"}, ["empty", "old"]),
        ({"stale": "30", "stage": "Production"}, ["old"]),
        ({"production_older": "30"}, ["old"]),
        ({"unaliased": "1"}, ["empty", "old"]),
        ({"stage": ["Production", "Staging"]}, ["fresh", "old"]),
        ({"tags.team": "risk"}, ["fresh"]),
        ({"tags.team": ["ops", "risk"]}, ["fresh", "old"]),
        ({"user_id": "nobody"}, []),
        ({"kind": "prompts"}, ["greeting"]),
        ({"kind": "all"}, ["empty", "fresh", "greeting", "old"]),
    ],
)
def test_models_are_narrowed_down(pages, query, found):
    old, fresh = (
        make_registered_model("old", tags={"team": "ops"}),
        make_registered_model("fresh", tags={"team": "risk"}),
    )
    age(make_registered_model("empty"), 40)
    make_registered_model("greeting", tags={PROMPT_TAG: "true"})
    make_model_version(old, stage="Production")
    age(old, 40)
    make_model_version(fresh, stage="Staging")
    set_alias("fresh", "champion", 1, user=None)

    assert sorted(names(pages.html("/models/", query))) == found


def test_facets_count_under_the_choices_of_the_others(pages):
    for name, team, stage in (("a", "risk", "Production"), ("b", "risk", "Staging"), ("c", "ops", "Production")):
        make_model_version(make_registered_model(name, tags={"team": team}), stage=stage)

    page = pages.html("/models/", {"stage": "Production"})

    facets = {item.a.get_text(strip=True): item.select_one(".n").get_text() for item in page.select(".facet")}
    assert (facets["Production"], facets["Staging"], facets["risk"], facets["ops"]) == ("2", "1", "1", "1")
    assert page.select_one(".facet.in a").get_text() == "Production"
    assert page.select_one(".facet.in a")["href"] == "?"


def test_what_an_address_cannot_mean_is_said(pages):
    make_registered_model("a")

    page = pages.html("/models/", {"stale": "soon", "stage": "Live", "kind": "x", "page": "-1", "order": "colour"})

    said = " ".join(line.get_text() for line in page.select(".complaint"))
    assert all(name in said for name in ("stale: soon", "stage: Live", "kind: x", "page: -1", "order: colour"))
    assert names(page) == ["a"]


@pytest.mark.parametrize("order", ["name", "-name", "latest", "-versions", "creation_time", "last_change", "user_id"])
def test_models_are_sorted(pages, order):
    for name in "bac":
        make_model_version(make_registered_model(name))
    make_model_version(RegisteredModel.objects.get(name="c"))
    for number, name in enumerate("bac"):
        RegisteredModel.objects.filter(name=name).update(creation_time=number)
        ModelVersion.objects.filter(name=name).update(creation_time=number)
        ModelEvent.objects.filter(name=name).update(time=number)

    found = names(pages.html("/models/", {"order": order}))

    expected = {"name": "abc", "-name": "cba", "-versions": "cab", "user_id": "abc"}.get(order, "bac")
    assert "".join(found) == expected


def test_the_number_of_statements_does_not_grow(pages, django_assert_max_num_queries):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            pages.html("/models/")
        return len(captured)

    make_model_version(make_registered_model(tags={"team": "a"}))
    before = statements()
    for number in range(12):
        model = make_registered_model(tags={"team": f"t{number % 2}"})
        make_model_version(model, stage="Production")
        set_alias(model.name, "champion", 1, user=None)

    assert statements() == before == STATEMENTS


def test_the_list_is_a_file(pages):
    model = make_registered_model("=churn", tags={"team": "risk"})
    make_model_version(model, stage="Production")
    set_alias("=churn", "champion", 1, user=None)
    make_registered_model("other")

    rows = json.loads(pages.get("/models.json", {"q": "churn"}).getvalue())
    text = pages.get("/models.csv", {"tags.team": "risk"}).getvalue().decode()

    assert [(row["name"], row["production"], row["aliases"]) for row in rows] == [("=churn", 1, '{"champion": 1}')]
    assert text.splitlines()[1].startswith("'=churn,")


def test_the_query_is_copied_where_the_protocol_has_it(pages):
    make_registered_model("churn", tags={"team": "it's"})

    page = pages.html("/models/", {"q": "chu", "tags.team": "it's"})
    narrowed = pages.html("/models/", {"unaliased": "1"})

    assert "mlflow.search_registered_models(" in page.select_one("#copy_python").get_text()
    assert 'tags.`team` = "it\'s"' in page.select_one("#copy_filter").get_text()
    assert narrowed.select_one("#copy_python") is None
    assert "/models.csv?unaliased=1" in narrowed.select_one("#copy_pandas").get_text()


def test_without_models_it_says_how_the_first_one_comes(pages):
    page = pages.html("/models/")

    assert "registered_model_name=" in page.select_one(".empty code").get_text()
    assert page.select_one(".facets") is None


def test_among_very_many_models_nothing_is_counted(pages, monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    for name in "abc":
        make_registered_model(name, tags={"team": name})

    assert pages.html("/models/").select_one(".facets") is None
    assert pages.html("/models/", {"tags.team": "a"}).select_one(".facets") is not None
