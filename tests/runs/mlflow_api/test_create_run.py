import re

import pytest

from runs.models import Run
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import (
    INVALID,
    NOT_FOUND,
    message,
    nothing_written,
    ok,
    pairs,
    refusal,
    stored_run,
    tags_of,
)
from trackui.clock import now_ms


def create(api, **body):
    return api.post("runs/create", body)


def test_a_new_run_is_running_and_named(mlflow_api):
    experiment = make_experiment()

    run = ok(create(mlflow_api, experiment_id=experiment.experiment_id, user_id="me", start_time=1234))["run"]

    info = run["info"]
    assert run.keys() == {"info", "data", "inputs"} and run["inputs"] == {}
    assert re.fullmatch("[0-9a-f]{32}", info["run_id"])
    assert re.fullmatch("[a-z]+-[a-z]+-[0-9]+", info["run_name"])
    assert pairs(run["data"]["tags"]) == {"mlflow.runName": info["run_name"]}
    assert info == {
        "run_uuid": info["run_id"],
        "run_id": info["run_id"],
        "experiment_id": experiment.experiment_id,
        "run_name": info["run_name"],
        "user_id": "me",
        "status": "RUNNING",
        "start_time": 1234,
        "artifact_uri": f"mlflow-artifacts:/{experiment.experiment_id}/{info['run_id']}/artifacts",
        "lifecycle_stage": "active",
    }


def test_what_is_created_is_what_is_read(mlflow_api):
    created = ok(create(mlflow_api, run_name="n", tags=[{"key": "a", "value": "b"}]))["run"]

    run = stored_run(mlflow_api, created["info"]["run_id"])

    assert run["info"] == created["info"]
    assert pairs(run["data"]["tags"]) == pairs(created["data"]["tags"]) == {"mlflow.runName": "n", "a": "b"}
    assert run["inputs"] == run["outputs"] == {}
    assert run["data"].keys() == {"tags"}


def test_a_run_without_a_start_time_starts_now_and_zero_is_a_time(mlflow_api):
    before = now_ms()
    now = ok(create(mlflow_api))["run"]["info"]["start_time"]
    zero = ok(create(mlflow_api, start_time=0))["run"]["info"]["start_time"]

    assert before <= now <= now_ms()
    assert zero == 0


@pytest.mark.parametrize("body", [{}, {"experiment_id": ""}, {"experiment_id": None}, {"experiment_id": "0"}])
def test_a_run_without_an_experiment_belongs_to_the_default_one(mlflow_api, body):
    assert ok(create(mlflow_api, **body))["run"]["info"]["experiment_id"] == "0"


@pytest.mark.parametrize(
    "body",
    [
        {"run_name": "mine"},
        {"tags": [{"key": "mlflow.runName", "value": "mine"}]},
        {"run_name": "mine", "tags": [{"key": "mlflow.runName", "value": "mine"}]},
        {"run_name": "", "tags": [{"key": "mlflow.runName", "value": "mine"}]},
        {"run_name": "mine", "tags": [{"key": "mlflow.runName", "value": ""}]},
    ],
)
def test_the_name_and_its_tag_are_one(mlflow_api, body):
    run = ok(create(mlflow_api, **body))["run"]

    assert run["info"]["run_name"] == "mine"
    assert pairs(run["data"]["tags"]) == tags_of(mlflow_api, run["info"]["run_id"]) == {"mlflow.runName": "mine"}


def test_a_name_and_a_tag_that_differ_are_refused(mlflow_api):
    with nothing_written():
        response = create(mlflow_api, run_name="a", tags=[{"key": "mlflow.runName", "value": "b"}])

    assert refusal(response) == INVALID


def test_names_hold_any_text_up_to_8000_characters(mlflow_api):
    name = "run 模型 <b>\r\n" + "é" * 7988

    run_id = ok(create(mlflow_api, run_name=name))["run"]["info"]["run_id"]

    assert len(name) == 8000
    assert stored_run(mlflow_api, run_id)["info"]["run_name"] == name
    assert refusal(create(mlflow_api, run_name="x" * 8001)) == INVALID


def test_of_equal_tags_the_last_counts_and_long_values_are_cut(mlflow_api):
    tags = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}, {"key": "long", "value": "x" * 8001}]

    run = ok(create(mlflow_api, run_name="n", tags=tags))["run"]

    expected = {"mlflow.runName": "n", "a": "2", "long": "x" * 8000}
    assert pairs(run["data"]["tags"]) == tags_of(mlflow_api, run["info"]["run_id"]) == expected


def test_a_parent_is_kept_when_it_is_a_run_we_have(mlflow_api):
    parent = make_run()

    def parent_of(tag):
        tags = [{"key": "mlflow.parentRunId", "value": tag}]
        return Run.objects.get(run_id=ok(create(mlflow_api, tags=tags))["run"]["info"]["run_id"]).parent

    assert parent_of(parent.run_id) == parent
    assert parent_of("unknown") is None


def test_the_experiment_must_be_there_and_active(mlflow_api):
    deleted = make_experiment(lifecycle_stage="deleted")

    with nothing_written():
        unknown = create(mlflow_api, experiment_id="987654")
        inactive = create(mlflow_api, experiment_id=deleted.experiment_id)

    assert refusal(unknown) == NOT_FOUND
    assert refusal(inactive) == INVALID
    assert f"The experiment {deleted.pk} must be in the 'active' state. Current state is deleted." in message(inactive)


@pytest.mark.parametrize(
    "body",
    [
        {"start_time": -1},
        {"start_time": 2**63},
        {"start_time": 1.5},
        {"start_time": "soon"},
        {"start_time": True},
        {"user_id": "x" * 257},
        {"user_id": 5},
        {"run_name": 5},
        {"experiment_id": 5},
        {"experiment_id": "abc"},
        {"tags": {"a": "b"}},
        {"tags": ["a"]},
        {"tags": [{"value": "b"}]},
        {"tags": [{"key": "a//b", "value": "c"}]},
        {"tags": [{"key": "x" * 251, "value": "c"}]},
        {"tags": [{"key": f"t{number}", "value": ""} for number in range(1001)]},
    ],
)
def test_a_bad_field_refuses_the_run(mlflow_api, body):
    with nothing_written():
        response = create(mlflow_api, **body)

    assert refusal(response) == INVALID


def test_fields_of_other_releases_and_of_the_server_are_ignored(mlflow_api):
    body = {"run_id": "a" * 32, "status": "FINISHED", "lifecycle_stage": "deleted", "artifact_uri": "file:///etc"}

    info = ok(create(mlflow_api, **body, source_type="NOTEBOOK", unknown={"deep": [1]}))["run"]["info"]

    assert info["run_id"] != "a" * 32
    assert (info["status"], info["lifecycle_stage"]) == ("RUNNING", "active")
    assert info["artifact_uri"].startswith("mlflow-artifacts:/0/")


@pytest.mark.parametrize(
    "body",
    [
        {"experimentId": "{id}", "userId": "me", "startTime": "1600000000000", "runName": "n"},
        {"experiment_id": "{id}", "user_id": "me", "start_time": "1.6e+12", "run_name": "n"},
        {"experiment_id": "{id}", "user_id": "me", "start_time": 1.6e12, "run_name": "n", "tags": None},
    ],
)
def test_r_java_and_old_clients_are_understood(mlflow_api, body):
    experiment = make_experiment()
    body = {name: experiment.experiment_id if value == "{id}" else value for name, value in body.items()}

    info = ok(mlflow_api.post("runs/create", body))["run"]["info"]

    assert info["experiment_id"] == experiment.experiment_id
    assert (info["user_id"], info["start_time"], info["run_name"]) == ("me", 1_600_000_000_000, "n")
