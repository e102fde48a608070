"""The registry's calls at once: numbers are distinct, names are one's, and nobody is told of a failure."""

import pytest

from registry.models import ModelAlias, ModelEvent, ModelVersion, RegisteredModel, Stage
from tests.at_once import at_once, outcomes
from tests.factories import make_logged_model, make_model_version, make_registered_model
from tests.runs.mlflow_api.answers import EXISTS, NOT_FOUND

pytestmark = pytest.mark.usefixtures("transactional_db")

PREFIX = "/api/2.0/mlflow"
OK = (200, "")


def test_fifty_versions_have_fifty_numbers():
    model, logged = make_registered_model("M"), make_logged_model()
    body = {"name": "M", "source": f"models:/{logged.model_id}", "tags": [{"key": "k", "value": "v"}]}

    answers = at_once(PREFIX, [("model-versions/create", body)] * 50)

    assert outcomes(answers) == {OK: 50}
    told = sorted(int(answer.json()["model_version"]["version"]) for answer in answers)
    assert told == sorted(model.versions.values_list("version", flat=True)) == list(range(1, 51))
    assert ModelEvent.objects.filter(kind="version_created").count() == 50
    assert logged.tags.get(key="mlflow.modelVersions").value.count('"version"') == 50


def test_of_creates_and_renames_to_one_name_one_succeeds():
    for number in range(4):
        make_model_version(make_registered_model(f"M{number}"))
    renames = [("registered-models/rename", {"name": f"M{number}", "new_name": "wanted"}) for number in range(4)]

    answers = at_once(PREFIX, [*renames, *[("registered-models/create", {"name": "wanted"})] * 4])

    assert outcomes(answers) == {OK: 1, EXISTS: 7}
    assert RegisteredModel.objects.filter(name="wanted").count() == 1
    assert all(version.name == version.registered_model.name for version in ModelVersion.objects.all())


def test_an_alias_never_outlives_its_version():
    make_model_version(make_registered_model("M"))
    alias = {"name": "M", "alias": "champion", "version": "1"}

    answers = at_once(
        PREFIX,
        [
            *[("registered-models/alias", alias)] * 6,
            ("DELETE", "model-versions/delete", {"name": "M", "version": "1"}),
            ("model-versions/set-tag", {"name": "M", "version": "1", "key": "k"}),
        ],
    )

    assert answers[6].status_code == 200
    assert set(outcomes(answers)) <= {OK, NOT_FOUND}
    assert not ModelAlias.objects.exists() and not ModelVersion.objects.exists()


def test_of_versions_that_archive_the_others_one_is_left():
    model = make_registered_model("M")
    for _ in range(6):
        make_model_version(model)
    body = {"name": "M", "stage": "Production", "archive_existing_versions": True}

    answers = at_once(PREFIX, [("model-versions/transition-stage", {**body, "version": n + 1}) for n in range(6)])

    assert outcomes(answers) == {OK: 6}
    stages = sorted(model.versions.values_list("stage", flat=True))
    assert stages == [Stage.ARCHIVED] * 5 + [Stage.PRODUCTION]


def test_a_model_deleted_while_versions_are_made():
    make_registered_model("M")
    create = ("model-versions/create", {"name": "M", "source": "runs:/r/model"})

    answers = at_once(PREFIX, [*[create] * 6, ("DELETE", "registered-models/delete", {"name": "M"}), *[create] * 6])

    assert answers[6].status_code == 200
    assert set(outcomes(answers)) <= {OK, NOT_FOUND}
    assert not ModelVersion.objects.exists()
