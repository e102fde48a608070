from urllib.parse import quote

import pytest

from registry.models import ModelEvent, RegisteredModel
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from tests.factories import make_model_version, make_registered_model
from tests.runs.api.helpers import all_pages, names, refused, text_of


@pytest.fixture
def models(db):
    """`forest` of the vision team with three versions, `tree` of another with one, `bare` with none."""
    forest = make_registered_model("forest", description="Trees.", tags={"team": "vision"})
    for _ in range(3):
        make_model_version(forest)
    transition_stage("forest", 1, "Production", user=None)
    transition_stage("forest", 2, "Production", user=None)
    set_alias("forest", "champion", 2, user=None)
    make_model_version(make_registered_model("tree", tags={"team": "nlp"}))
    make_registered_model("bare")
    make_registered_model("greeting", tags={"mlflow.prompt.is_prompt": "true"})


def test_a_model_comes_with_its_versions_aliases_and_tags(api, models):
    model = api.get("models/forest/").json()

    assert (model["name"], model["description"], model["tags"]) == ("forest", "Trees.", {"team": "vision"})
    assert model["version_count"] == 3
    assert model["latest_versions"] == {"None": 3, "Production": 2}
    assert model["aliases"] == {"champion": 2}
    assert model["is_prompt"] is False
    assert model["url"] == "http://localhost/models/forest/"
    assert api.get("models/forest").json() == model


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["bare", "forest", "tree"]),
        ({"order_by": "name DESC"}, ["tree", "forest", "bare"]),
        ({"q": "name LIKE 'f%'"}, ["forest"]),
        ({"q": "tags.team = 'vision' OR name = 'bare'"}, ["bare", "forest"]),
        ({"q": "ree"}, ["tree"]),
        ({"name": "RE"}, ["bare", "forest", "tree"]),
        ({"tag": "team"}, ["forest", "tree"]),
        ({"tag": "team=nlp"}, ["tree"]),
        ({"tag": ["team", "team=nlp"]}, ["tree"]),
        ({"tag": "team="}, []),
        ({"tags.team": "nlp"}, ["tree"]),
        ({"tags.team": ["nlp", "vision"]}, ["forest", "tree"]),
        ({"tags.team": ""}, ["forest", "tree"]),
        ({"unaliased": "0"}, ["bare", "forest", "tree"]),
        ({"stage": "Production"}, ["forest"]),
        ({"unaliased": "true"}, ["bare", "tree"]),
        ({"user_id": "ada"}, []),
        ({"stale": "1"}, []),
        ({"production_older": "1"}, []),
        ({"kind": "prompts"}, ["greeting"]),
        ({"kind": "all"}, ["bare", "forest", "greeting", "tree"]),
    ],
)
def test_models_are_searched_and_narrowed(api, models, query, found):
    assert names(api.get("models/", query)) == found


def test_stale_models_have_no_new_version(api, models):
    day = 86_400_000
    forest = RegisteredModel.objects.get(name="forest")
    RegisteredModel.objects.filter(pk=forest.pk).update(creation_time=forest.creation_time - 40 * day)
    forest.versions.update(creation_time=forest.creation_time - 31 * day)

    assert names(api.get("models/", {"stale": "30"})) == ["forest"]
    assert names(api.get("models/", {"production_older": "30"})) == ["forest"]
    assert names(api.get("models/", {"stale": "32"})) == []


def test_pages_follow_each_other(api, models):
    pages = list(all_pages(api, "models/", page_size=1, order_by="name DESC"))

    assert [[model["name"] for model in page] for page in pages] == [["tree"], ["forest"], ["bare"]]


def test_statements_do_not_grow_with_the_models(api, models, django_assert_num_queries):
    for count in (0, 10):
        for _ in range(count):
            make_model_version()
        # A page, its versions, aliases and tags.
        with django_assert_num_queries(4):
            assert api.get("models/").status_code == 200


@pytest.mark.parametrize("address", ["models.csv", "models/?format=csv"])
def test_all_models_come_as_csv(api, models, address):
    lines = text_of(api.get(address)).splitlines()

    assert lines[0].startswith("name,description,user_id,creation_time")
    assert [line.split(",")[0] for line in lines[1:]] == ["bare", "forest", "tree"]
    assert '"{""None"": 3, ""Production"": 2}"' in lines[2]


def test_a_model_is_made(api):
    response = api.post(
        "models/", {"name": "forest", "description": "Trees.", "tags": {"team": "vision", "year": 2026}}
    )

    assert response.status_code == 201
    assert response.json()["tags"] == {"team": "vision", "year": "2026"}
    assert response.json()["version_count"] == 0
    assert ModelEvent.objects.get().kind == "model_created"


def test_a_name_is_taken_once(api, models):
    refused(api.post("models/", {"name": "tree"}), 400, "RESOURCE_ALREADY_EXISTS")
    refused(api.patch("models/forest/", {"name": "tree"}), 400, "RESOURCE_ALREADY_EXISTS")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "a/b"},
        {"name": "a:b"},
        {"name": "prod%2Fm"},
        {"name": "a%20b"},
        {"name": "."},
        {"name": ".."},
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"name": "x" * 257},
        {"name": 5},
        {"name": None},
        {"name": "a", "descripton": "lost"},
        {"name": "a", "description": "x" * 5001},
        {"name": "a", "description": 5},
        {"name": "a", "tags": {"k": "x" * 100_001}},
        {"name": "a", "tags": {"../k": "x"}},
        {"name": "a", "tags": {f"k{i}": "x" for i in range(101)}},
        {"name": "a", "tags": ["k"]},
        [],
        "a",
    ],
)
def test_a_bad_model_is_refused(api, fields):
    response = api.post("models/", fields)

    assert response.status_code == 400
    assert response.json()["error_code"] in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize(
    "name", ["ein wald.v2.csv", "percent% and+plus", "日本 🌳", "versions", "compare?x=#1", "a&b", "x;y"]
)
def test_any_name_comes_back_the_same(api, name):
    api.post("models/", {"name": name})
    address = f"models/{quote(name, safe='')}/"

    assert api.get(address).json()["name"] == name
    assert api.patch(address, {"description": "Known."}).json()["description"] == "Known."
    assert names(api.get("models/")) == [name]
    assert text_of(api.get("models.csv"))
    assert api.get(f"{address}versions/").json()["results"] == []
    assert len(api.get(f"{address}events/").json()["results"]) == 2
    assert api.delete(address).status_code == 204


def test_a_model_is_renamed_described_and_tagged_at_once(api, models):
    response = api.patch(
        "models/forest/", {"name": "grove", "description": "", "tags": {"team": None, "site": "north"}, "user_id": "x"}
    )

    model = response.json()
    assert (model["name"], model["description"], model["tags"]) == ("grove", "", {"site": "north"})
    assert (model["aliases"], model["user_id"]) == ({"champion": 2}, "")
    refused(api.get("models/forest/"), 404, "RESOURCE_DOES_NOT_EXIST")


def test_where_one_change_is_wrong_none_is_made(api, models):
    refused(api.patch("models/forest/", {"description": "New.", "name": "a/b"}), 400, "INVALID_PARAMETER_VALUE")

    assert api.get("models/forest/").json()["description"] == "Trees."


def test_a_model_is_deleted_with_its_versions(api, models):
    assert api.delete("models/forest/").status_code == 204

    assert names(api.get("models/")) == ["bare", "tree"]
    refused(api.get("models/forest/"), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_model_that_is_not_there_is_told(api, db, method):
    refused(getattr(api, method)("models/none/"), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    "query",
    [
        {"Q": "x"},
        {"q": "name ="},
        {"q": "name LIKE 'x"},
        {"q": "age > 3"},
        {"q": "' OR 1=1 --"},
        {"q": "x\0"},
        {"order_by": "age"},
        {"order_by": "name; DROP TABLE x"},
        {"stage": "Gold"},
        {"stale": "0"},
        {"stale": "never"},
        {"stale": "9" * 40},
        {"tag": "=x"},
        {"tag": [f"k{i}" for i in range(21)]},
        {"unaliased": "perhaps"},
        {"kind": "both"},
        {"page_size": "0"},
        {"page_size": "1001"},
        {"cursor": "forged"},
        {"format": "xml"},
        {"as_of": "yesterday"},
        {"as_of": "2026-01-01", "q": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, models, query):
    refused(api.get("models/", query), 400, "INVALID_PARAMETER_VALUE")


def test_other_methods_are_refused(api, models):
    assert api.put("models/forest/", {}).status_code == 405
    assert api.delete("models/").status_code == 405
