"""Models and versions: create, describe, tag, rename, delete."""

import pytest

from registry.models import ModelEvent, ModelVersion, RegisteredModel
from registry.services.aliases import set_alias
from tests.clients import parse
from tests.factories import make_model_version, make_registered_model


@pytest.fixture
def model(db):
    model = make_registered_model("churn", description="before", tags={"team": "risk", "gone": "soon"})
    make_model_version(model, stage="Production", tags={"checked": "no"})
    set_alias("churn", "champion", 1, user=None)
    return model


def errors(response) -> str:
    return " ".join(error.get_text(" ") for error in parse(response).select(".errorlist, .failure"))


def test_a_model_is_created(pages):
    fields = {"name": "a, b & c?", "description": "# New\r\n", "tags_key": ["team", ""], "tags_value": ["risk", ""]}

    response = pages.post("/model-create", fields)

    model = RegisteredModel.objects.get()
    assert response["Location"] == "/models/a,%20b%20&%20c%3F/"
    assert (model.name, model.description) == ("a, b & c?", "# New\n")
    assert list(model.tags.values_list("key", "value")) == [("team", "risk")]
    assert pages.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "required"),
        ({"name": "  "}, "name"),
        ({"name": "a/b"}, "'/'"),
        ({"name": ".."}, "path"),
        ({"name": "churn"}, "already exists"),
        ({"name": "x" * 257}, "256"),
        ({"name": "x", "description": "d" * 5001}, "5000"),
        ({"name": "x", "tags_key": ["k" * 251], "tags_value": ["v"]}, "250"),
    ],
)
def test_a_model_that_cannot_be_is_refused_where_it_is_wrong(pages, model, fields, said):
    response = pages.post("/model-create", fields)

    assert response.status_code == 400
    assert said in errors(response)
    assert RegisteredModel.objects.count() == 1


def test_description_and_tags_are_edited_together(pages, model):
    page = pages.html("/models/churn/edit")
    assert page.select_one("textarea").get_text().strip() == "before"

    fields = {"description": "after", "tags_key": ["team", ""], "tags_value": ["ops", "soon"]}
    response = pages.post("/models/churn/edit", fields)

    model.refresh_from_db()
    assert response.status_code == 302
    assert model.description == "after"
    assert dict(model.tags.values_list("key", "value")) == {"team": "ops"}


def test_a_version_is_described_and_tagged(pages, model):
    fields = {"description": "good", "tags_key": ["checked"], "tags_value": ["yes"]}

    response = pages.post("/models/churn/versions/1/edit", fields)

    version = ModelVersion.objects.get()
    assert response["Location"] == "/models/churn/versions/1/"
    assert version.description == "good"
    assert dict(version.tags.values_list("key", "value")) == {"checked": "yes"}


def test_saving_what_was_there_changes_nothing(pages, model):
    before = ModelEvent.objects.count()

    fields = {"description": "before", "tags_key": ["team", "gone"], "tags_value": ["risk", "soon"]}
    pages.post("/models/churn/edit", fields)

    assert ModelEvent.objects.count() == before


def test_renaming_says_what_breaks(pages, model):
    text = pages.html("/models/churn/rename").select_one(".ask").get_text(" ", strip=True)
    assert "models:/churn@champion" in text

    response = pages.post("/models/churn/rename", {"name": "churn 2"})

    assert response["Location"] == "/models/churn%202/"
    assert ModelVersion.objects.get().name == "churn 2"


def test_a_taken_name_is_refused(pages, model):
    make_registered_model("other")

    response = pages.post("/models/churn/rename", {"name": "other"})

    assert response.status_code == 400
    assert "already exists" in errors(response)


@pytest.mark.parametrize(
    ("address", "typed"), [("/models/churn/delete", "chum"), ("/models/churn/versions/1/delete", "churn")]
)
def test_nothing_is_deleted_unless_its_name_is_typed(pages, model, address, typed):
    response = pages.post(address, {"name": typed})

    assert response.status_code == 400
    assert "nothing was deleted" in errors(response)
    assert ModelVersion.objects.exists()


def test_a_model_is_deleted_with_its_versions(pages, model):
    text = pages.html("/models/churn/delete").select_one(".ask").get_text(" ", strip=True)
    assert "Version 1 is in Production." in text

    response = pages.post("/models/churn/delete", {"name": "churn"})

    assert response["Location"] == "/models/"
    assert not ModelVersion.objects.exists()
    assert ModelEvent.objects.filter(kind="model_deleted").exists()


def test_a_version_is_deleted(pages, model):
    page = pages.html("/models/churn/versions/1/delete")
    text = page.select_one(".ask").get_text(" ", strip=True)
    assert "It is in Production." in text
    assert "@champion" in text

    pages.post("/models/churn/versions/1/delete", {"name": "churn/1"})

    assert not ModelVersion.objects.exists()
    assert RegisteredModel.objects.exists()
