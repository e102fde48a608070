import json

import pytest

from runs.models import ExperimentKey, KeyKind
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


def set_tag(api, run, key, value="v"):
    return api.post("runs/set-tag", {"run_id": run.run_id, "key": key, "value": value})


def delete_tag(api, run, key):
    return api.post("runs/delete-tag", {"run_id": run.run_id, "key": key})


# --- set-tag -----------------------------------------------------------------------------------


def test_a_tag_is_set_and_overwritten(mlflow_api):
    run = make_run(name="n")

    for value in ("1", "2", "2"):
        assert ok(set_tag(mlflow_api, run, "a", value)) == {}

    assert tags_of(mlflow_api, run.run_id) == {"mlflow.runName": "n", "a": "2"}


@pytest.mark.parametrize("body", [{"key": "a"}, {"key": "a", "value": None}, {"key": "a", "value": ""}])
def test_a_missing_value_is_empty(mlflow_api, body):
    run = make_run()

    ok(mlflow_api.post("runs/set-tag", {"runUuid": run.run_id, **body}))

    assert tags_of(mlflow_api, run.run_id)["a"] == ""


def test_a_long_value_is_cut(mlflow_api):
    run = make_run()

    ok(set_tag(mlflow_api, run, "a", "x" * 8001))

    assert tags_of(mlflow_api, run.run_id)["a"] == "x" * 8000


def test_the_name_of_a_run_follows_its_tag(mlflow_api):
    run = make_run(name="old")

    ok(set_tag(mlflow_api, run, "mlflow.runName", "new"))

    assert stored_run(mlflow_api, run.run_id)["info"]["run_name"] == "new"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("", "v", "Missing value for required parameter 'key'."),
        ("a", 5, "Invalid value 5 for parameter 'value' supplied: Hint: Value was of type 'int'."),
        ("x" * 251, "v", "'key' exceeds the maximum length of 250 characters"),
        ("./a", "v", "must not resolve to other names"),
        ("a\nb", "v", "Names may only contain alphanumerics"),
    ],
)
def test_a_bad_tag_is_refused(mlflow_api, key, value, text):
    run = make_run()

    with nothing_written():
        response = set_tag(mlflow_api, run, key, value)

    assert refusal(response) == INVALID
    assert text in message(response)


def test_a_tag_of_an_unknown_run_is_told(mlflow_api):
    assert refusal(mlflow_api.post("runs/set-tag", {"run_id": "nobody", "key": "a"})) == NOT_FOUND


# --- delete-tag --------------------------------------------------------------------------------


def test_a_tag_is_removed_and_no_longer_counted(mlflow_api):
    experiment = make_experiment()
    run, other = make_run(experiment, tags={"a": "1"}), make_run(experiment, tags={"a": "1"})

    assert ok(delete_tag(mlflow_api, run, "a")) == {}

    assert "a" not in tags_of(mlflow_api, run.run_id)
    assert "a" in tags_of(mlflow_api, other.run_id)
    assert ExperimentKey.objects.get(experiment=experiment, kind=KeyKind.TAG, key__name="a").run_count == 1


def test_a_tag_that_is_not_there_is_told_in_mlflows_words(mlflow_api):
    run = make_run()
    make_run(tags={"others": "1"})

    for key in ("never", "others"):
        response = delete_tag(mlflow_api, run, key)
        assert refusal(response) == NOT_FOUND
        assert message(response) == f"No tag with name: {key} in run with id {run.run_id}"


def test_without_its_tag_a_run_has_no_parent(mlflow_api):
    parent = make_run()
    run = make_run(tags={"mlflow.parentRunId": parent.run_id})
    assert run.parent == parent

    ok(delete_tag(mlflow_api, run, "mlflow.parentRunId"))

    run.refresh_from_db()
    assert run.parent is None


def test_run_uuid_does_not_stand_for_run_id(mlflow_api):
    run = make_run(tags={"a": "1"})

    response = mlflow_api.post("runs/delete-tag", {"run_uuid": run.run_id, "key": "a"})

    assert refusal(response) == INVALID
    assert "Missing value for required parameter 'run_id'." in message(response)


# --- log-model: the tag of clients before logged models ----------------------------------------

MODEL = {"artifact_path": "model", "flavors": {"sklearn": {}}, "utc_time_created": "2026-01-01", "run_id": "r"}


def log_model(api, run, model):
    text = model if isinstance(model, str) else json.dumps(model)
    return api.post("runs/log-model", {"run_id": run.run_id, "model_json": text})


def models(api, run):
    return json.loads(tags_of(api, run.run_id)["mlflow.log-model.history"])


def test_models_gather_in_a_tag(mlflow_api):
    run = make_run()

    assert ok(log_model(mlflow_api, run, MODEL)) == {}
    ok(log_model(mlflow_api, run, {**MODEL, "artifact_path": "other"}))

    assert [model["artifact_path"] for model in models(mlflow_api, run)] == ["model", "other"]


def test_the_history_is_longer_than_other_tags(mlflow_api):
    run = make_run()

    for number in range(3):
        ok(log_model(mlflow_api, run, {**MODEL, "artifact_path": f"{number}", "signature": "x" * 6000}))

    assert [model["artifact_path"] for model in models(mlflow_api, run)] == ["0", "1", "2"]


def test_the_history_does_not_grow_for_ever(mlflow_api):
    run = make_run()
    large = {**MODEL, "signature": "x" * 900_000}
    ok(log_model(mlflow_api, run, large))

    with nothing_written():
        response = log_model(mlflow_api, run, large)

    assert refusal(response) == INVALID


@pytest.mark.parametrize("value", ["not JSON", '{"a": 1}', "[1, {}]"])
def test_a_history_that_a_person_has_changed_does_not_stop_anything(mlflow_api, value):
    run = make_run(tags={"mlflow.log-model.history": value})

    ok(log_model(mlflow_api, run, MODEL))

    assert models(mlflow_api, run)[-1] == MODEL


@pytest.mark.parametrize(
    "model",
    [
        "",
        "not JSON",
        "[]",
        "null",
        '"text"',
        "[" * 50_000,
        '{"a": 1, "a": 2}',
        {name: value for name, value in MODEL.items() if name != "flavors"},
        {"artifact_path": "model"},
    ],
)
def test_a_model_that_is_not_one_is_refused(mlflow_api, model):
    run = make_run()

    with nothing_written():
        response = log_model(mlflow_api, run, model)

    assert refusal(response) == INVALID
