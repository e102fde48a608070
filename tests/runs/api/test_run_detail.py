import pytest

from runs.models import ExperimentKey, Key, KeyKind, Run
from tests.runs.api.helpers import record, refused


def test_a_run_is_read(api):
    run_id = record(api, name="one")

    assert api.get(f"runs/{run_id}/").json()["name"] == "one"
    assert api.get(f"runs/{run_id}").json()["name"] == "one"


@pytest.mark.parametrize("run_id", ["0" * 32, "1 OR 1=1", "x" * 300, "-1"])
def test_an_unknown_run_is_told(api, run_id):
    refused(api.get(f"runs/{run_id}/"), 404, "RESOURCE_DOES_NOT_EXIST")


def test_an_id_with_nul_is_refused(api):
    refused(api.get("runs/a%00b/"), 400, "INVALID_PARAMETER_VALUE")


def test_name_note_status_and_tags_are_edited_at_once(api):
    run_id = record(api, name="one", status="RUNNING", tags={"team": "a", "old": "x"}, params={"p": 1})

    response = api.patch(
        f"runs/{run_id}/",
        {"name": "two", "note": "Better.", "status": "FINISHED", "tags": {"team": "b", "old": None, "never": None}},
    )

    run = response.json()
    assert response.status_code == 200
    assert (run["name"], run["note"], run["status"]) == ("two", "Better.", "FINISHED")
    assert run["end_time"] is not None
    assert run["tags"] == {"mlflow.note.content": "Better.", "mlflow.runName": "two", "team": "b"}
    assert run["params"] == {"p": "1"}
    assert run == api.get(f"runs/{run_id}/").json()
    assert not ExperimentKey.objects.filter(kind=KeyKind.TAG, key__in=keys("old"), run_count__gt=0).exists()


def keys(name: str):
    return Key.objects.filter(name=name)


def test_a_change_that_cannot_be_made_leaves_all_as_it_was(api):
    run_id = record(api, name="one")

    response = api.patch(f"runs/{run_id}/", {"status": "FAILED", "tags": {"ok": "1", "a//b": "2"}})

    refused(response, 400, "INVALID_PARAMETER_VALUE")
    run = api.get(f"runs/{run_id}/").json()
    assert (run["status"], run["tags"]) == ("FINISHED", {"mlflow.runName": "one"})


def test_fields_that_cannot_be_edited_are_left_alone(api):
    run_id = record(api, name="one", start_time=5)

    response = api.patch(
        f"runs/{run_id}/",
        {"start_time": 1, "lifecycle_stage": "deleted", "artifact_uri": "file:///etc", "user_id": "eve", "run_id": "x"},
    )

    assert response.status_code == 200
    run = Run.objects.get(run_id=run_id)
    assert (run.start_time, run.lifecycle_stage, run.user_id) == (5, "active", "")
    assert run.artifact_uri.startswith("mlflow-artifacts:")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "  "},
        {"status": "HACKED"},
        {"end_time": -1},
        {"tags": {"mlflow.runName": None}},
        {"tags": {"a": 1.5, "b": ["x"]}},
        {"name": "a", "tags": {"mlflow.runName": "b"}},
        {"tags": []},
    ],
)
def test_a_bad_change_is_told(api, changes):
    refused(api.patch(f"runs/{record(api)}/", changes), 400, "INVALID_PARAMETER_VALUE")


def test_a_deleted_run_is_read_but_not_edited(api):
    run_id = record(api)

    assert api.delete(f"runs/{run_id}/").status_code == 204
    assert api.delete(f"runs/{run_id}/").status_code == 204

    assert api.get(f"runs/{run_id}/").json()["lifecycle_stage"] == "deleted"
    refused(api.patch(f"runs/{run_id}/", {"name": "x"}), 400, "INVALID_PARAMETER_VALUE")


def test_a_deleted_run_is_restored(api):
    run_id = record(api)
    api.delete(f"runs/{run_id}/")

    response = api.post(f"runs/{run_id}/restore/")

    assert response.json()["lifecycle_stage"] == "active"
    assert api.patch(f"runs/{run_id}/", {"name": "x"}).status_code == 200
