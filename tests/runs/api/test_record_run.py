import pytest

from runs.models import Experiment, MetricSummary, Run
from tests.runs.api.helpers import record, refused

WHOLE_RUN = {
    "experiment_name": "cifar-10",
    "create_experiment": True,
    "name": "resnet",
    "user_id": "ada",
    "start_time": 1_768_555_800_000,
    "end_time": "2026-01-16T10:30:00+00:00",
    "params": {"lr": 0.001, "optimizer": "sgd", "nesterov": True, "layers": 18},
    "metrics": {"loss": [[0, 2.5], [1, 1.5, 1_768_555_900_000], [2, 0.5]], "accuracy": 0.93},
    "tags": {"team": "vision"},
    "note": "Best *so far*.",
}


def test_one_request_records_a_whole_run(api):
    response = api.post("runs/", WHOLE_RUN)

    assert response.status_code == 201
    run_id = response.json()["run_id"]
    assert response.json()["url"] == f"http://localhost/runs/{run_id}/"
    run = api.get(f"runs/{run_id}/").json()
    assert run["experiment_name"] == "cifar-10"
    assert (run["name"], run["user_id"], run["status"]) == ("resnet", "ada", "FINISHED")
    assert (run["start_time"], run["end_time"]) == (1_768_555_800_000, 1_768_559_400_000)
    assert run["duration"] == 3_600_000
    assert run["params"] == {"layers": "18", "lr": "0.001", "nesterov": "true", "optimizer": "sgd"}
    assert run["note"] == "Best *so far*."
    assert run["tags"]["team"] == "vision"
    loss = run["metrics"]["loss"]
    assert (loss["last"], loss["step"], loss["first"], loss["count"]) == (0.5, 2, 2.5, 3)
    assert (loss["min"], loss["min_step"], loss["max"], loss["max_step"], loss["mean"]) == (0.5, 2, 2.5, 0, 1.5)
    assert run["metrics"]["accuracy"]["last"] == 0.93
    assert loss["timestamp"] == run["end_time"]


def test_a_run_needs_nothing_but_its_body(api):
    run_id = record(api)

    run = api.get(f"runs/{run_id}/").json()
    assert run["experiment_id"] == "0"
    assert run["status"] == "FINISHED"
    assert run["name"]
    assert run["end_time"] is not None


def test_a_run_that_goes_on_has_no_end(api):
    run_id = record(api, status="RUNNING")

    assert api.get(f"runs/{run_id}/").json()["end_time"] is None


def test_nan_and_infinities_go_in_and_out_as_text(api):
    run_id = record(api, metrics={"loss": [[0, "NaN"], [1, "Infinity"], [2, "-Infinity"]]})

    loss = api.get(f"runs/{run_id}/").json()["metrics"]["loss"]
    assert (loss["first"], loss["max"], loss["last"], loss["nan_count"]) == ("NaN", "Infinity", "-Infinity", 1)
    assert loss["mean"] is None


def test_a_run_is_nested_below_its_parent(api):
    parent = record(api)

    child = record(api, parent_run_id=parent)

    assert Run.objects.get(run_id=child).parent.run_id == parent


def test_the_same_run_id_is_recorded_once(api):
    mine = {"run_id": "0123456789abcdef0123456789abcdef", "metrics": {"loss": 1}}
    record(api, **mine)

    response = api.post("runs/", {**mine, "metrics": {"loss": 2}})

    refused(response, 400, "RESOURCE_ALREADY_EXISTS")
    assert api.get(f"runs/{mine['run_id']}/").json()["metrics"]["loss"]["count"] == 1


def test_an_unknown_experiment_is_created_only_when_asked(api):
    response = api.post("runs/", {"experiment_name": "new"})

    assert "create_experiment" in refused(response, 404, "RESOURCE_DOES_NOT_EXIST")
    record(api, experiment_name="new", create_experiment=True)
    record(api, experiment_name="new", create_experiment=True)
    assert Experiment.objects.filter(name="new").count() == 1


def test_a_deleted_experiment_takes_no_runs(api):
    api.delete("experiments/0/")

    refused(api.post("runs/", {}), 400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"metric": {"loss": 1}}, "metric: Unknown field. Did you mean 'metrics'?"),
        ({"metrics": {"loss": None}}, "metrics.loss"),
        ({"metrics": {"loss": True}}, "metrics.loss"),
        ({"metrics": {"loss": "0.1"}}, "metrics.loss"),
        ({"metrics": {"loss": [[0.5, 1]]}}, "The step of point 0"),
        ({"metrics": {"loss": [[0, 1], [1]]}}, "Point 1"),
        ({"metrics": {"loss": [[0, 1, -1]]}}, "The timestamp of point 0"),
        ({"metrics": {"loss": [[2**63, 1]]}}, "The step of point 0"),
        ({"metrics": {"a//b": 1}}, "must not resolve to other names"),
        ({"metrics": {"": 1}}, "A key name must be provided"),
        ({"metrics": {"k" * 251: 1}}, "250 characters"),
        ({"metrics": [1]}, "an object of names and values"),
        ({"params": {"lr": None}}, "params.lr"),
        ({"params": {"lr": [1]}}, "params.lr"),
        ({"params": {"lr": "x" * 6001}}, "at most 6000"),
        ({"tags": {"t": "x" * 8001}}, "at most 8000"),
        ({"params": {str(i): i for i in range(1001)}}, "At most 1000 params"),
        ({"metrics": {"loss": [[i, 1] for i in range(100_001)]}}, "At most 100,000 points"),
        ({"status": "HACKED"}, "status"),
        ({"start_time": -1}, "before 1970"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"start_time": True}, "start_time"),
        ({"start_time": 2000, "end_time": 1000}, "before 'start_time'"),
        ({"status": "RUNNING", "end_time": 1000}, "end_time"),
        ({"experiment_id": "1 OR 1=1"}, "Invalid experiment ID"),
        ({"experiment_id": "0", "experiment_name": "x"}, "not both"),
        ({"experiment_name": " ", "create_experiment": True}, "blank"),
        ({"create_experiment": True}, "experiment_name"),
        ({"run_id": "../x"}, "32 lower-case hexadecimal digits"),
        ({"name": 7}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 8001}, "name"),
        ({"note": "a", "tags": {"mlflow.note.content": "b"}}, "are one"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(api, fields, told):
    response = api.post("runs/", {"params": {"kept": "no"}, **fields} if "params" not in fields else fields)

    assert told in refused(response, 400, "INVALID_PARAMETER_VALUE")
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "error_code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"[]", 400, "INVALID_PARAMETER_VALUE"),
        (b"null", 400, "INVALID_PARAMETER_VALUE"),
        (b'{"name": "\xff"}', 400, "BAD_REQUEST"),
        (b'{"name": "a", "name": "b"}', 400, "INVALID_PARAMETER_VALUE"),
        (b'{"name": "a\\u0000b"}', 400, "INVALID_PARAMETER_VALUE"),
        (b'{"name": "\\ud800"}', 400, "INVALID_PARAMETER_VALUE"),
        (b'{"params": {"a\\u0000b": 1}}', 400, "INVALID_PARAMETER_VALUE"),
        (b"[" * 100_000, 400, "INVALID_PARAMETER_VALUE"),
        (b'{"start_time": ' + b"9" * 10_000 + b"}", 400, "INVALID_PARAMETER_VALUE"),
        (b'{"note": "' + b"x" * 4 * 2**20 + b'"}', 413, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_json_is_read_strictly(api, body, status, error_code):
    response = api.send("POST", "runs/", body)

    refused(response, status, error_code)
    assert "Retry-After" not in response
    assert not Run.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_body_must_say_that_it_is_json(api, content_type):
    response = api.send("POST", "runs/", b"{}", content_type=content_type)

    refused(response, 400, "INVALID_PARAMETER_VALUE")


def test_a_compressed_body_is_refused(api):
    refused(api.post("runs/", {}, **{"Content-Encoding": "gzip"}), 415, "BAD_REQUEST")


def test_a_conflict_leaves_nothing_behind(api):
    """The name clashes with the tag that carries it: found out inside the transaction."""
    response = api.post(
        "runs/",
        {"experiment_name": "new", "create_experiment": True, "name": "a", "tags": {"mlflow.runName": "b"}},
    )

    refused(response, 400, "INVALID_PARAMETER_VALUE")
    assert not Experiment.objects.filter(name="new").exists()


def test_statements_do_not_grow_with_the_points(api, django_assert_max_num_queries):
    record(api, metrics={"warm": [[0, 1]]}, params={"p": 1})

    with django_assert_max_num_queries(30):
        record(api, metrics={f"m{i}": [[s, s] for s in range(100)] for i in range(20)}, params={"p": 1})

    assert sum(MetricSummary.objects.values_list("count", flat=True)) == 2001
