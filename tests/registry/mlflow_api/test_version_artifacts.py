"""model-versions/get-artifact: as safe as the other ways to a file."""

import pytest

from registry.models import ModelVersion
from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run
from tests.runs.mlflow_api.answers import INVALID, NOT_FOUND, refusal

pytestmark = pytest.mark.django_db

PATHS = ["/model-versions/get-artifact", "/ajax-api/2.0/mlflow/model-versions/get-artifact"]


@pytest.fixture
def versions(artifact_root):
    """Of a run, of a logged model, and a copy of that: each with a file."""
    run, logged, model = make_run(), make_logged_model(), make_registered_model("My model")
    save_artifact(stored_path(run.artifact_uri) / file_path("model/data/x.html"), [b"of a run"])
    save_artifact(stored_path(logged.artifact_uri) / file_path("data/x.html"), [b"of a model"])
    make_model_version(model, run=run)
    make_model_version(model, logged_model=logged)
    make_model_version(model, source="models:/My model/2")
    return model


def get(api, version, path, route=PATHS[0], method="get"):
    return getattr(api.http, method)(route, {"name": "My model", "version": version, "path": path})


@pytest.mark.parametrize("route", PATHS)
def test_files_of_every_kind_of_version(mlflow_api, versions, route):
    found = [get(mlflow_api, number, "data/x.html", route) for number in (1, 2, 3)]

    assert [b"".join(response) for response in found] == [b"of a run", b"of a model", b"of a model"]
    for response in found:
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../x",
        "%2e%2e%2fx",
        "%252e%252e%252fx",
        "..\\..\\x",
        "/etc/passwd",
        "file:///etc/passwd",
        "a%00",
        "data",
        "a#b",
    ],
)
def test_paths_that_are_refused(mlflow_api, versions, path):
    assert refusal(get(mlflow_api, 1, path)) == INVALID


def test_what_is_not_there(mlflow_api, versions):
    assert refusal(get(mlflow_api, 1, "none")) == NOT_FOUND
    assert refusal(get(mlflow_api, 9, "data/x.html")) == NOT_FOUND
    assert refusal(mlflow_api.get(PATHS[0], {"name": "My model", "path": "x"})) == INVALID


@pytest.mark.parametrize("location", ["file:///etc", "/etc", "mlflow-artifacts:/../..", "runs:/x/../../etc"])
def test_what_is_stored_is_checked_again(mlflow_api, versions, location):
    ModelVersion.objects.update(storage_location=location)
    assert refusal(get(mlflow_api, 1, "passwd")) == INVALID


def test_a_run_that_came_after_its_version(mlflow_api, versions):
    run = make_run()
    save_artifact(stored_path(run.artifact_uri) / file_path("m/a.txt"), [b"late"])
    ModelVersion.objects.update(storage_location=f"runs:/{run.run_id}/m")
    assert b"".join(get(mlflow_api, 1, "a.txt")) == b"late"

    ModelVersion.objects.update(storage_location="runs:/none/m")
    assert refusal(get(mlflow_api, 1, "a.txt")) == NOT_FOUND


def test_a_prompt_has_no_files(mlflow_api, versions):
    ModelVersion.objects.update(storage_location="")
    assert refusal(get(mlflow_api, 1, "a.txt")) == NOT_FOUND
