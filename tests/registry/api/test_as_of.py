from itertools import count
from types import SimpleNamespace

import pytest

import trackui.clock
from registry.models import RegisteredModel
from registry.services.aliases import set_alias
from registry.services.model_versions import delete_model_version, transition_stage
from registry.services.registered_models import delete_registered_model, rename_registered_model
from tests.factories import make_model_version, make_registered_model
from tests.runs.api.helpers import all_pages, names, refused, text_of

DAY = 86_400_000


@pytest.fixture
def past(db, monkeypatch):
    """A day between two changes: what was is told by the number of changes made."""
    now = count(DAY, DAY)
    monkeypatch.setattr(trackui.clock, "time", SimpleNamespace(time_ns=lambda: next(now) * 1_000_000))
    moments = []

    def changed():
        moments.append(next(now))

    make_registered_model("forest")
    make_model_version_of("forest")
    transition_stage("forest", 1, "Production", user=None)
    set_alias("forest", "champion", 1, user=None)
    changed()
    make_model_version_of("forest")
    transition_stage("forest", 2, "Production", archive_existing_versions=True, user=None)
    set_alias("forest", "champion", 2, user=None)
    make_registered_model("gone")
    changed()
    rename_registered_model("forest", "grove", user=None)
    delete_model_version("grove", 1, user=None)
    delete_registered_model("gone", user=None)
    make_registered_model("forest")
    changed()
    monkeypatch.undo()
    return moments


def make_model_version_of(name):
    make_model_version(RegisteredModel.objects.get(name=name))


def test_models_are_listed_as_they_were(api, past):
    first, second, third = past

    assert names(api.get("models/", {"as_of": first})) == ["forest"]
    assert names(api.get("models/", {"as_of": second})) == ["forest", "gone"]
    assert names(api.get("models/", {"as_of": third})) == ["forest", "grove"]
    assert names(api.get("models/", {"as_of": second, "name": "ON"})) == ["gone"]
    assert names(api.get("models/", {"as_of": "0"})) == []
    pages = list(all_pages(api, "models/", as_of=second, page_size=1))
    assert [[model["name"] for model in page] for page in pages] == [["forest"], ["gone"]]


def test_a_model_is_read_as_it_was(api, past):
    first, second, _ = past

    assert api.get("models/grove/", {"as_of": first}).json() == {
        "name": "forest",
        "as_of": first,
        "version_count": 1,
        "latest_versions": {"Production": 1},
        "aliases": {"champion": 1},
    }
    then = api.get("models/grove/", {"as_of": second}).json()
    assert (then["latest_versions"], then["aliases"]) == ({"Archived": 1, "Production": 2}, {"champion": 2})
    assert api.get("models/gone/", {"as_of": second}).json()["version_count"] == 0


def test_a_name_that_was_another_models_then_means_that_one(api, past):
    first, _, third = past

    assert api.get("models/forest/", {"as_of": first}).json()["aliases"] == {"champion": 1}
    assert api.get("models/forest/", {"as_of": third}).json()["version_count"] == 0


def test_versions_are_read_as_they_were(api, past):
    _, second, third = past

    then = api.get("models/grove/versions/", {"as_of": second}).json()["results"]
    assert then == [
        {"name": "forest", "version": 2, "as_of": second, "stage": "Production", "aliases": ["champion"]},
        {"name": "forest", "version": 1, "as_of": second, "stage": "Archived", "aliases": []},
    ]
    assert api.get("models/grove/versions/1/", {"as_of": second}).json() == then[1]
    assert len(api.get("models/grove/versions/", {"as_of": third}).json()["results"]) == 1
    refused(api.get("models/grove/versions/1/", {"as_of": third}), 404, "RESOURCE_DOES_NOT_EXIST")


def test_the_past_comes_as_csv(api, past):
    assert len(text_of(api.get("models.csv", {"as_of": past[1]})).splitlines()) == 3
    assert len(text_of(api.get("models/grove/versions.csv", {"as_of": past[1]})).splitlines()) == 3


def test_what_was_not_there_is_told(api, past):
    for path in ("models/grove/", "models/none/", "models/grove/versions/", "models/grove/versions/1/"):
        refused(api.get(path, {"as_of": "1970-01-01"}), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("path", ["models/", "models/grove/", "models/grove/versions/", "models/grove/versions/2/"])
def test_what_is_no_time_is_refused(api, past, path):
    assert "'as_of' is no time" in refused(api.get(path, {"as_of": "then"}), 400, "INVALID_PARAMETER_VALUE")
