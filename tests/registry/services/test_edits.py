import pytest

from registry.models import ModelEvent, ModelVersion, RegisteredModel
from registry.services.edits import edit_model_version, edit_registered_model
from tests.factories import make_model_version, make_registered_model
from trackui.errors import InvalidParameterValue, ResourceAlreadyExists


def tags(row):
    return dict(row.tags.values_list("key", "value"))


def test_a_model_is_renamed_described_and_tagged_at_once(db):
    make_registered_model("forest", tags={"team": "vision", "old": "x"})

    edit_registered_model(
        "forest", new_name="grove", description="Best.", tags={"team": "nlp", "old": None, "none": None}, user=None
    )

    model = RegisteredModel.objects.get()
    assert (model.name, model.description, tags(model)) == ("grove", "Best.", {"team": "nlp"})


def test_a_version_is_described_and_tagged_at_once(db):
    make_model_version(make_registered_model("forest"))

    edit_model_version("forest", 1, description="Best.", tags={"team": "nlp", "none": None}, user=None)

    version = ModelVersion.objects.get()
    assert (version.description, tags(version)) == ("Best.", {"team": "nlp"})


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        (ResourceAlreadyExists, {"new_name": "taken", "description": "x", "tags": {"a": "b"}}),
        (InvalidParameterValue, {"description": "x", "tags": {"a": "b", "../c": "d"}}),
        (InvalidParameterValue, {"description": "x" * 5001, "tags": {"a": "b"}}),
    ],
)
def test_where_a_change_is_refused_none_is_made(db, error, changes):
    make_registered_model("forest")
    make_registered_model("taken")
    before = ModelEvent.objects.count()

    with pytest.raises(error):
        edit_registered_model("forest", **changes, user=None)

    model = RegisteredModel.objects.get(name="forest")
    assert (model.description, tags(model)) == ("", {})
    assert ModelEvent.objects.count() == before
