import pytest

from tests.factories import make_run
from tests.runs.mlflow_api.answers import (
    INVALID,
    NOT_FOUND,
    history,
    message,
    metrics_of,
    nothing_written,
    ok,
    refusal,
)


def log(api, run, **body):
    return api.post("runs/log-metric", {"run_id": run.run_id, "key": "loss", "value": 0.5, "timestamp": 7, **body})


def test_a_point_is_stored(mlflow_api):
    run = make_run()

    assert ok(log(mlflow_api, run, step=3)) == {}

    assert metrics_of(mlflow_api, run.run_id) == {"loss": (0.5, 7, 3)}


def test_a_point_without_a_step_is_of_step_0(mlflow_api):
    run = make_run()

    ok(log(mlflow_api, run))
    ok(log(mlflow_api, run, step=None))

    assert history(mlflow_api, run.run_id, "loss") == [(0, 7, 0.5)]


@pytest.mark.parametrize(
    "body",
    [
        {"run_uuid": "{id}", "key": "loss", "value": "0.5", "timestamp": "7", "step": "-3"},
        {"runUuid": "{id}", "key": "loss", "value": "5e-01", "timestamp": "7e+00", "step": "-3.0"},
        {"runId": "{id}", "run_uuid": "{id}", "key": "loss", "value": 0.5, "timestamp": 7.0, "step": -3},
        {"run_id": "{id}", "run_uuid": "{id}", "key": "loss", "value": 0.5, "timestamp": 7, "step": -3, "unknown": 1},
    ],
)
def test_r_java_and_python_are_understood(mlflow_api, body):
    run = make_run()

    ok(mlflow_api.post("runs/log-metric", {k: run.run_id if v == "{id}" else v for k, v in body.items()}))

    assert history(mlflow_api, run.run_id, "loss") == [(-3, 7, 0.5)]


@pytest.mark.parametrize("step", [2**63 - 1, -(2**63), "9223372036854775807"])
def test_steps_and_timestamps_have_64_bits(mlflow_api, step):
    run = make_run()

    ok(log(mlflow_api, run, step=step, timestamp=2**63 - 1))

    assert history(mlflow_api, run.run_id, "loss") == [(int(step), 2**63 - 1, 0.5)]


def test_a_point_sent_again_counts_once(mlflow_api):
    run = make_run()

    for body in ({"step": 1}, {"step": 2}, {"step": 1}, {"step": 1, "timestamp": 8}, {"step": 1}):
        ok(log(mlflow_api, run, **body))

    assert sorted(history(mlflow_api, run.run_id, "loss")) == [(1, 7, 0.5), (1, 8, 0.5), (2, 7, 0.5)]
    assert run.metrics.get().count == 3


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"key": None}, "Missing value for required parameter 'key'."),
        ({"key": ""}, "Missing value for required parameter 'key'."),
        ({"value": None}, "Missing value for required parameter 'value'."),
        ({"timestamp": None}, "Missing value for required parameter 'timestamp'."),
        ({"timestamp": -1}, "Invalid value -1 for parameter 'timestamp' supplied: "),
        ({"timestamp": 2**63}, "parameter 'timestamp' supplied: "),
        ({"timestamp": "9.3e18"}, "parameter 'timestamp' supplied: "),
        ({"timestamp": "now"}, "parameter 'timestamp' supplied: Hint: Value was of type 'str'."),
        ({"step": 2**63}, "parameter 'step' supplied: "),
        ({"step": "1.5"}, "parameter 'step' supplied: Hint: Value was of type 'str'."),
        ({"step": "٣"}, "parameter 'step' supplied: Hint: Value was of type 'str'."),
        ({"value": True}, "parameter 'value' supplied: Hint: Value was of type 'bool'."),
        ({"value": "abc"}, "parameter 'value' supplied: Hint: Value was of type 'str'."),
        ({"value": "nan"}, "parameter 'value' supplied: Hint: Value was of type 'str'."),
        ({"value": ""}, "parameter 'value'"),
        ({"value": {}}, "parameter 'value' supplied: Hint: Value was of type 'dict'."),
        ({"key": 5}, "parameter 'key' supplied: Hint: Value was of type 'int'."),
        ({"key": "/a"}, "parameter 'name' supplied: Names may be treated as files"),
        ({"key": "x" * 251}, "'Metric name' exceeds the maximum length of 250 characters"),
        ({"dataset_name": "x" * 501, "model_id": "m-1"}, "'dataset_name' exceeds the maximum length of 500 characters"),
        (
            {"dataset_digest": "x" * 37, "model_id": "m-1"},
            "'dataset_digest' exceeds the maximum length of 36 characters",
        ),
    ],
)
def test_a_bad_field_is_named(mlflow_api, body, text):
    run = make_run()

    with nothing_written():
        response = log(mlflow_api, run, **body)

    assert refusal(response) == INVALID
    assert text in message(response)


def test_an_unknown_run_is_told(mlflow_api):
    response = mlflow_api.post("runs/log-metric", {"run_id": "nobody", "key": "a", "value": 1, "timestamp": 1})

    assert refusal(response) == NOT_FOUND


def test_a_point_costs_few_statements(transactional_db, mlflow_api, django_assert_max_num_queries):
    run = make_run()
    ok(log(mlflow_api, run, step=0))

    # BEGIN, the run, the summary, the point, the summary again, COMMIT.
    with django_assert_max_num_queries(6):
        ok(log(mlflow_api, run, step=1))
