import uuid
from urllib.parse import urlencode

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import Experiment, LoggedModel, Run
from tests.clients import MLFLOW_PREFIXES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("artifact_root"),
    pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True),
]

UNSAFE = [
    "../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e%252fetc",
    "..\\..\\x",
    "/etc/passwd",
    "file:///etc/passwd",
    "model%00.pkl",
    "model\0.pkl",
    "a%23/../../x",
    "a#b",
    "a;/../../x",
    "x" * 256,
    ".trackui-staging/x",
]


@pytest.fixture
def run(mlflow_api):
    info = mlflow_api.post("runs/create", {"experiment_id": "0"}).json()["run"]["info"]
    return Run.objects.get(run_id=info["run_id"])


@pytest.fixture
def model(mlflow_api):
    model = mlflow_api.post("logged-models", {"experiment_id": "0", "name": "m"}).json()["model"]["info"]
    return LoggedModel.objects.get(model_id=model["model_id"])


@pytest.fixture
def log(run):
    def save(path, data=b"abc"):
        save_artifact(stored_path(run.artifact_uri) / file_path(path), [data])

    return save


def is_invalid(response):
    return response.status_code == 400 and response.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def get_artifact(mlflow_api, **query):
    return mlflow_api.get("/get-artifact", query)


# --- artifacts/list ----------------------------------------------------------------------------


def test_paths_are_relative_to_the_run(mlflow_api, run, log):
    for path in ("a.txt", "d/b.txt", "d/e/c.txt"):
        log(path)

    top = mlflow_api.get("artifacts/list", {"run_id": run.run_id}).json()
    below = mlflow_api.get("artifacts/list", {"run_uuid": run.run_id, "path": "d"}).json()

    assert top == {
        "root_uri": f"mlflow-artifacts:/0/{run.run_id}/artifacts",
        "files": [{"path": "a.txt", "is_dir": False, "file_size": 3}, {"path": "d", "is_dir": True}],
    }
    assert [info["path"] for info in below["files"]] == ["d/b.txt", "d/e"]


@pytest.mark.parametrize("path", ["a.txt", "nothing", "a.txt/below"])
def test_a_file_and_what_is_missing_list_nothing(mlflow_api, run, log, path):
    log("a.txt")

    response = mlflow_api.get("artifacts/list", {"run_id": run.run_id, "path": path})

    assert (response.status_code, response.json()) == (200, {"root_uri": run.artifact_uri})


@pytest.mark.parametrize("path", [*UNSAFE, "../", ".."])
def test_an_unsafe_path_is_not_listed(mlflow_api, run, path):
    response = mlflow_api.get("artifacts/list", {"run_id": run.run_id, "path": path})

    assert is_invalid(response)


def test_an_unknown_run_is_not_found(mlflow_api):
    run_id = uuid.uuid4().hex

    for response in (
        mlflow_api.get("artifacts/list", {"run_id": run_id}),
        get_artifact(mlflow_api, run_id=run_id, path="a"),
    ):
        assert (response.status_code, response.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_an_id_with_a_nul_is_refused(mlflow_api):
    assert is_invalid(mlflow_api.get("artifacts/list", {"run_id": "a\0"}))
    assert is_invalid(get_artifact(mlflow_api, run_id="a\0", path="a"))
    assert is_invalid(mlflow_api.get("logged-models/a%00/artifacts/directories"))


def test_a_run_must_be_named(mlflow_api):
    assert is_invalid(mlflow_api.get("artifacts/list"))
    assert is_invalid(get_artifact(mlflow_api, path="a"))


def test_a_run_of_another_location_is_listed_there(mlflow_api):
    body = {"name": "Elsewhere", "artifact_location": "mlflow-artifacts:/team/vision"}
    experiment_id = mlflow_api.post("experiments/create", body).json()["experiment_id"]
    info = mlflow_api.post("runs/create", {"experiment_id": experiment_id}).json()["run"]["info"]
    save_artifact(file_path(f"team/vision/{info['run_id']}/artifacts/a"), [b"x"])

    listing = mlflow_api.get("artifacts/list", {"run_id": info["run_id"]}).json()

    assert listing["root_uri"] == f"mlflow-artifacts:/team/vision/{info['run_id']}/artifacts"
    assert [info["path"] for info in listing["files"]] == ["a"]


def test_a_location_does_not_open_a_hidden_experiment(mlflow_api, run, log, monkeypatch):
    log("a")
    body = {"name": "Thief", "artifact_location": "mlflow-artifacts:/0"}
    experiment_id = mlflow_api.post("experiments/create", body).json()["experiment_id"]
    thief = mlflow_api.post("runs/create", {"experiment_id": experiment_id}).json()["run"]["info"]["run_id"]
    Run.objects.filter(run_id=thief).update(artifact_uri=run.artifact_uri)
    queryset = type(Experiment.objects.all())
    monkeypatch.setattr(queryset, "visible_to", lambda self, user: self.exclude(pk=0))

    for response in (
        mlflow_api.get("artifacts/list", {"run_id": thief}),
        get_artifact(mlflow_api, run_id=thief, path="a"),
    ):
        assert (response.status_code, response.json()["error_code"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("uri", ["file:///etc", "/etc", "mlflow-artifacts:/0/../../etc"])
def test_a_stored_uri_is_checked_again(mlflow_api, run, uri):
    Run.objects.filter(pk=run.pk).update(artifact_uri=uri)

    assert is_invalid(mlflow_api.get("artifacts/list", {"run_id": run.run_id}))
    assert is_invalid(get_artifact(mlflow_api, run_id=run.run_id, path="passwd"))


def test_artifacts_in_an_object_store_are_not_read_here(mlflow_api, run, settings):
    settings.TRACKUI_LOCATION_SCHEMES = ["s3"]
    Run.objects.filter(pk=run.pk).update(artifact_uri="s3://bucket/0/r/artifacts")

    response = mlflow_api.get("artifacts/list", {"run_id": run.run_id})

    assert (response.status_code, response.json()["error_code"]) == (501, "NOT_IMPLEMENTED")


# --- get-artifact ------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/get-artifact", "/ajax-api/2.0/mlflow/get-artifact"])
def test_an_artifact_is_downloaded(mlflow_api, run, log, url):
    log("d/größe +%41.json", b"{}")

    response = mlflow_api.get(url, {"run_id": run.run_id, "path": "d/größe +%41.json"})

    assert (response.status_code, response.content) == (200, b"{}")
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"].startswith('attachment; filename="gr__e +%41.json"; filename*=UTF-8')
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("path", [*UNSAFE, "", "d", "a.txt/below"])
def test_an_unsafe_path_or_a_directory_is_not_downloaded(mlflow_api, run, log, path):
    log("a.txt")
    log("d/b")

    assert is_invalid(get_artifact(mlflow_api, run_id=run.run_id, path=path))


def test_a_path_must_be_named(mlflow_api, run):
    assert is_invalid(get_artifact(mlflow_api, run_id=run.run_id))


def test_a_missing_artifact_is_not_found(mlflow_api, run):
    response = get_artifact(mlflow_api, run_id=run.run_id, path="a")

    assert (response.status_code, response.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_the_artifacts_of_a_deleted_run_can_still_be_read(mlflow_api, run, log):
    log("a")
    mlflow_api.post("runs/delete", {"run_id": run.run_id})

    assert get_artifact(mlflow_api, run_id=run.run_id, path="a").status_code == 200


# --- upload-artifact ---------------------------------------------------------------------------


def upload(mlflow_api, run, path, body):
    url = f"/ajax-api/2.0/mlflow/upload-artifact?{urlencode({'run_uuid': run.run_id, 'path': path})}"
    return mlflow_api.send("POST", url, body, content_type="application/octet-stream")


def test_a_page_uploads_a_small_file(mlflow_api, run):
    response = upload(mlflow_api, run, "d/a.png", b"bytes")

    assert (response.status_code, response.json()) == (200, {})
    assert get_artifact(mlflow_api, run_id=run.run_id, path="d/a.png").content == b"bytes"


def test_an_empty_upload_is_refused(mlflow_api, run):
    assert is_invalid(upload(mlflow_api, run, "a", b""))


def test_an_upload_of_more_than_10_mib_is_refused(mlflow_api, run):
    response = upload(mlflow_api, run, "a", b"x" * (10 * 2**20 + 1))

    assert (response.status_code, response.json()["error_code"]) == (413, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("path", [*UNSAFE, ""])
def test_an_upload_to_an_unsafe_path_is_refused(mlflow_api, run, path):
    assert is_invalid(upload(mlflow_api, run, path, b"x"))


# --- Presigned URLs ----------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["upload", "download"])
def test_there_are_no_presigned_urls_for_this_store(mlflow_api, run, step):
    for path in ("a", "../x"):
        body = {"run_id": run.run_id, "path": path}
        assert is_invalid(mlflow_api.post(f"artifacts/presigned-{step}-url", body))


# --- Logged models -----------------------------------------------------------------------------


def test_a_models_files_are_listed_and_downloaded(mlflow_api, model):
    save_artifact(stored_path(model.artifact_uri) / file_path("data/model.pkl"), [b"abc"])

    top = mlflow_api.get(f"logged-models/{model.model_id}/artifacts/directories").json()
    query = {"artifact_directory_path": "data"}
    below = mlflow_api.get(f"logged-models/{model.model_id}/artifacts/directories", query).json()
    query = {"artifact_file_path": "data/model.pkl"}
    file = mlflow_api.get(f"logged-models/{model.model_id}/artifacts/files", query)

    assert top == {"root_uri": model.artifact_uri, "files": [{"path": "data", "is_dir": True}]}
    assert below["files"] == [{"path": "data/model.pkl", "is_dir": False, "file_size": 3}]
    assert (file.content, file["Content-Type"]) == (b"abc", "application/octet-stream")


@pytest.mark.parametrize("path", UNSAFE)
def test_an_unsafe_path_below_a_model_is_refused(mlflow_api, model, path):
    url = f"logged-models/{model.model_id}/artifacts"

    assert is_invalid(mlflow_api.get(f"{url}/directories", {"artifact_directory_path": path}))
    assert is_invalid(mlflow_api.get(f"{url}/files", {"artifact_file_path": path}))


def test_a_deleted_models_files_are_not_served(mlflow_api, model):
    mlflow_api.delete(f"logged-models/{model.model_id}")

    assert mlflow_api.get(f"logged-models/{model.model_id}/artifacts/directories").status_code == 404
