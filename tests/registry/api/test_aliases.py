import pytest

from registry.models import ModelEvent
from tests.factories import make_model_version, make_registered_model
from tests.runs.api.helpers import refused


@pytest.fixture
def model(db):
    model = make_registered_model("forest")
    for _ in range(2):
        make_model_version(model)
    return model


def test_an_alias_is_set_moved_read_and_deleted(api, model):
    address = "models/forest/aliases/champion/"

    assert api.put(address, {"version": 1}).json() == {"name": "forest", "alias": "champion", "version": 1}
    assert api.put(address, {"version": 2, "note": "Better recall."}).json()["version"] == 2
    assert api.get(address).json() == {"name": "forest", "alias": "champion", "version": 2}
    for _ in range(2):
        assert api.send("DELETE", f"{address}?note=Gone.", "").status_code == 204

    refused(api.get(address), 404, "RESOURCE_DOES_NOT_EXIST")
    told = ModelEvent.objects.filter(key="champion").order_by("id").values_list("kind", "before", "after", "note")
    assert list(told) == [
        ("alias_set", "", "1", ""),
        ("alias_set", "1", "2", "Better recall."),
        ("alias_deleted", "2", "", "Gone."),
    ]


@pytest.mark.parametrize("alias", ["latest", "LATEST", "v3", "a b", "a.b", "x" * 256, "a%00"])
def test_a_name_that_is_no_alias_is_refused(api, model, alias):
    refused(api.put(f"models/forest/aliases/{alias}/", {"version": 1}), 400, "INVALID_PARAMETER_VALUE")

    assert not model.aliases.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"version": 0}, {"version": "x"}, {"version": 2**31}, {"version": None}, {"version": 1, "notes": "x"}, []],
)
def test_a_target_that_makes_no_sense_is_refused(api, model, body):
    assert api.put("models/forest/aliases/champion/", body).status_code == 400
    assert not model.aliases.exists()


def test_what_is_not_there_is_told(api, model):
    refused(api.put("models/forest/aliases/champion/", {"version": 9}), 404, "RESOURCE_DOES_NOT_EXIST")
    refused(api.put("models/none/aliases/champion/", {"version": 1}), 404, "RESOURCE_DOES_NOT_EXIST")
    refused(api.get("models/none/aliases/champion/"), 404, "RESOURCE_DOES_NOT_EXIST")
    refused(api.delete("models/none/aliases/champion/"), 404, "RESOURCE_DOES_NOT_EXIST")
