import pytest

from runs.models import Run
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import (
    INVALID,
    NOT_FOUND,
    message,
    nothing_written,
    ok,
    refusal,
    stored_run,
    tags_of,
)


def update(api, run, **body):
    return api.post("runs/update", {"run_id": run.run_id, **body})


# --- get ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["run_id", "run_uuid", "runId", "runUuid"])
def test_a_run_is_found_by_either_name_in_any_stage(mlflow_api, name):
    run = make_run(lifecycle_stage="deleted")

    info = ok(mlflow_api.get("runs/get", {name: run.run_id}))["run"]["info"]

    assert info["run_id"] == info["run_uuid"] == run.run_id
    assert info["lifecycle_stage"] == "deleted"


def test_get_reads_a_json_body_when_there_is_no_query(mlflow_api):
    run = make_run()

    response = mlflow_api.send("GET", "runs/get", {"run_id": run.run_id})

    assert ok(response)["run"]["info"]["run_id"] == run.run_id


def test_an_unknown_run_is_told(mlflow_api):
    response = mlflow_api.get("runs/get", {"run_id": "nobody"})

    assert refusal(response) == NOT_FOUND
    assert message(response) == "Run with id=nobody not found"


def test_without_an_id_the_missing_field_is_named(mlflow_api):
    for response in (mlflow_api.get("runs/get"), mlflow_api.post("runs/update", {"status": "FINISHED"})):
        assert refusal(response) == INVALID
        assert message(response) == (
            "Missing value for required parameter 'run_id'. "
            "See the API docs for more information about request parameters."
        )


# --- update ------------------------------------------------------------------------------------


def test_a_run_is_finished(mlflow_api):
    run = make_run(start_time=5)

    answer = ok(update(mlflow_api, run, status="FINISHED", end_time=1_600_000_000_000))

    info = stored_run(mlflow_api, run.run_id)["info"]
    assert answer == {"run_info": info}
    assert (info["status"], info["start_time"], info["end_time"]) == ("FINISHED", 5, 1_600_000_000_000)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("RUNNING", "RUNNING"),
        ("SCHEDULED", "SCHEDULED"),
        ("KILLED", "KILLED"),
        (1, "RUNNING"),
        (2, "SCHEDULED"),
        (3, "FINISHED"),
        (4, "FAILED"),
        (5, "KILLED"),
        ("4", "FAILED"),
    ],
)
def test_a_status_has_a_name_and_a_number(mlflow_api, given, stored):
    run = make_run()

    ok(update(mlflow_api, run, status=given))

    assert stored_run(mlflow_api, run.run_id)["info"]["status"] == stored


@pytest.mark.parametrize("status", ["HACKED", "finished", 0, 6, -1, True, 2.5, ["FINISHED"], {}])
def test_an_unknown_status_is_refused(mlflow_api, status):
    run = make_run()

    with nothing_written():
        response = update(mlflow_api, run, status=status)

    assert refusal(response) == INVALID


@pytest.mark.parametrize("body", [{}, {"end_time": 0}, {"end_time": None, "status": None, "run_name": None}])
def test_an_update_of_nothing_leaves_the_run_as_it_is(mlflow_api, body):
    run = make_run(status="FINISHED", end_time=99, name="n")

    with nothing_written():
        info = ok(update(mlflow_api, run, **body))["run_info"]

    assert (info["status"], info["end_time"], info["run_name"]) == ("FINISHED", 99, "n")


@pytest.mark.parametrize("end_time", [-1, 2**63, "later", 1.5, True])
def test_a_bad_end_time_is_refused(mlflow_api, end_time):
    run = make_run()

    with nothing_written():
        response = update(mlflow_api, run, status="FINISHED", end_time=end_time)

    assert refusal(response) == INVALID


def test_r_and_java_send_numbers_as_text(mlflow_api):
    run = make_run()

    for end_time in ("1600000000001", "1.600000000001e+12"):
        info = ok(mlflow_api.post("runs/update", {"runUuid": run.run_id, "endTime": end_time, "status": "3"}))[
            "run_info"
        ]
        assert (info["end_time"], info["status"]) == (1_600_000_000_001, "FINISHED")


def test_renaming_rewrites_the_tag(mlflow_api):
    run = make_run(name="old")

    info = ok(update(mlflow_api, run, run_name="new"))["run_info"]

    assert info["run_name"] == stored_run(mlflow_api, run.run_id)["info"]["run_name"] == "new"
    assert tags_of(mlflow_api, run.run_id)["mlflow.runName"] == "new"


def test_only_documented_fields_can_be_changed(mlflow_api):
    run = make_run(name="n", start_time=7)
    body = {"start_time": 1, "lifecycle_stage": "deleted", "user_id": "eve", "experiment_id": "9", "artifact_uri": "x"}

    with nothing_written():
        ok(update(mlflow_api, run, **body))


# --- delete, restore ---------------------------------------------------------------------------


def test_deleting_and_restoring_may_be_repeated(mlflow_api):
    run = make_run()

    for _ in range(2):
        assert ok(mlflow_api.post("runs/delete", {"run_id": run.run_id})) == {}
        deleted = Run.objects.get(pk=run.pk)
        assert deleted.lifecycle_stage == "deleted" and deleted.deleted_time
    for _ in range(2):
        assert ok(mlflow_api.post("runs/restore", {"run_id": run.run_id})) == {}
        restored = Run.objects.get(pk=run.pk)
        assert (restored.lifecycle_stage, restored.deleted_time) == ("active", None)


def test_a_second_delete_keeps_the_time_of_the_first(mlflow_api):
    run = make_run(lifecycle_stage="deleted")
    Run.objects.filter(pk=run.pk).update(deleted_time=5)

    ok(mlflow_api.post("runs/delete", {"run_id": run.run_id}))

    assert Run.objects.get(pk=run.pk).deleted_time == 5


def test_a_run_of_a_deleted_experiment_can_be_restored_and_written(mlflow_api):
    experiment = make_experiment()
    run = make_run(experiment)
    ok(mlflow_api.post("experiments/delete", {"experiment_id": experiment.experiment_id}))

    ok(mlflow_api.post("runs/restore", {"run_id": run.run_id}))

    ok(mlflow_api.post("runs/set-tag", {"run_id": run.run_id, "key": "a", "value": "b"}))


@pytest.mark.parametrize("path", ["runs/delete", "runs/restore", "runs/update"])
def test_what_is_done_to_an_unknown_run_is_told(mlflow_api, path):
    assert refusal(mlflow_api.post(path, {"run_id": "nobody"})) == NOT_FOUND


WRITES = [
    ("runs/update", {"status": "FINISHED"}),
    ("runs/update", {}),
    ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1}),
    ("runs/log-parameter", {"key": "p", "value": "1"}),
    ("runs/set-tag", {"key": "t", "value": "1"}),
    ("runs/delete-tag", {"key": "t"}),
    ("runs/log-batch", {}),
    ("runs/log-batch", {"metrics": [{"key": "m", "value": 1, "timestamp": 1}]}),
    ("runs/log-inputs", {"datasets": [{"dataset": {"name": "d", "digest": "1"}}]}),
    ("runs/outputs", {"models": [{"model_id": "m-1"}]}),
    (
        "runs/log-model",
        {"model_json": '{"artifact_path": "", "flavors": {}, "utc_time_created": "", "run_id": ""}'},
    ),
]


@pytest.mark.parametrize(("path", "body"), WRITES)
def test_a_deleted_run_refuses_every_write(mlflow_api, path, body):
    run = make_run(tags={"t": "0"}, lifecycle_stage="deleted")

    with nothing_written():
        response = mlflow_api.post(path, {"run_id": run.run_id, **body})

    assert refusal(response) == INVALID
    assert message(response) == f"The run {run.run_id} must be in the 'active' state. Current state is deleted."
