"""The protocol as curl, R and Java speak it: a story from a first experiment to the last deletion, on both prefixes."""

import hashlib
import json
import uuid

import pytest

from tests.compat.wire import Refused, Wire

START = 1_700_000_000_000


@pytest.fixture(params=["/api/2.0", "/ajax-api/2.0"])
def wire(server, request):
    wire = Wire(server.url, prefix=request.param)
    yield wire
    wire.close()


@pytest.fixture
def experiment(wire):
    return wire.post("experiments/create", name=f"curl {uuid.uuid4().hex}")["experiment_id"]


@pytest.fixture
def run_id(wire, experiment):
    created = wire.post("runs/create", experiment_id=experiment, start_time=START, run_name="by curl", user_id="me")
    return created["run"]["info"]["run_id"]


def pairs(listed: list[dict]) -> dict:
    return {pair["key"]: pair["value"] for pair in listed}


def refusal_of(call, *arguments, **body) -> tuple[int, str]:
    with pytest.raises(Refused) as refusal:
        call(*arguments, **body)
    return refusal.value.status, refusal.value.error_code


def test_an_experiment_is_made_found_changed_deleted_and_restored(wire):
    name = f"curl {uuid.uuid4().hex}"
    tags = [{"key": "team", "value": "vision"}]
    experiment_id = wire.post("experiments/create", name=name, tags=tags)["experiment_id"]

    made = wire.get("experiments/get", experiment_id=experiment_id)["experiment"]
    assert made["name"] == name and made["lifecycle_stage"] == "active" and pairs(made["tags"]) == {"team": "vision"}
    assert wire.get("experiments/get-by-name", experiment_name=name)["experiment"] == made
    assert wire.post("experiments/search", max_results=5, filter=f"name = '{name}'")["experiments"] == [made]
    again = refusal_of(wire.post, "experiments/create", name=name)
    assert again == (400, "RESOURCE_ALREADY_EXISTS")

    wire.post("experiments/update", experiment_id=experiment_id, new_name=f"{name} renamed")
    wire.post("experiments/set-experiment-tag", experiment_id=experiment_id, key="stage", value="draft")
    changed = wire.get("experiments/get", experiment_id=experiment_id)["experiment"]
    assert changed["name"] == f"{name} renamed" and pairs(changed["tags"]) == {"team": "vision", "stage": "draft"}

    wire.post("experiments/delete", experiment_id=experiment_id)
    assert wire.get("experiments/get", experiment_id=experiment_id)["experiment"]["lifecycle_stage"] == "deleted"
    wire.post("experiments/restore", experiment_id=experiment_id)
    assert wire.get("experiments/get", experiment_id=experiment_id)["experiment"]["lifecycle_stage"] == "active"
    missing = refusal_of(wire.get, "experiments/get-by-name", experiment_name=f"{name} not")
    assert missing == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_run_is_logged_to_read_and_finished(wire, run_id):
    batch = {
        "metrics": [{"key": "acc", "value": step / 10, "timestamp": START + step, "step": step} for step in range(5)],
        "params": [{"key": "depth", "value": "3"}],
        "tags": [{"key": "team", "value": "vision"}, {"key": "temporary", "value": "1"}],
    }

    wire.post("runs/log-parameter", run_id=run_id, key="lr", value="0.1")
    wire.post("runs/log-metric", run_id=run_id, key="loss", value=0.5, timestamp=START, step=2)
    wire.post("runs/log-metric", run_id=run_id, key="bad", value="NaN", timestamp=START)
    assert wire.post("runs/log-batch", run_id=run_id, **batch) == {}
    wire.post("runs/set-tag", run_id=run_id, key="stage", value="draft")
    wire.post("runs/delete-tag", run_id=run_id, key="temporary")
    ended = wire.post("runs/update", run_id=run_id, status="FINISHED", end_time=START + 9000)["run_info"]

    run = wire.get("runs/get", run_id=run_id)["run"]
    assert run["info"] == {**run["info"], **ended}
    assert (ended["status"], ended["start_time"], ended["end_time"]) == ("FINISHED", START, START + 9000)
    assert ended["run_id"] == ended["run_uuid"] == run_id and ended["user_id"] == "me"
    assert pairs(run["data"]["params"]) == {"lr": "0.1", "depth": "3"}
    assert pairs(run["data"]["metrics"]) == {"acc": 0.4, "loss": 0.5, "bad": "NaN"}
    assert pairs(run["data"]["tags"]) == {"team": "vision", "stage": "draft", "mlflow.runName": "by curl"}
    history = wire.get("metrics/get-history", run_id=run_id, metric_key="acc")["metrics"]
    assert history == batch["metrics"]


def test_a_history_is_read_in_pages(wire, run_id):
    points = [{"key": "loss", "value": step, "timestamp": START + step, "step": step} for step in range(10)]
    wire.post("runs/log-batch", run_id=run_id, metrics=points)

    pages, token = [], {}
    while True:
        page = wire.get("metrics/get-history", run_id=run_id, metric_key="loss", max_results=4, **token)
        pages.append([point["step"] for point in page["metrics"]])
        if not page.get("next_page_token"):
            break
        token = {"page_token": page["next_page_token"]}

    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_runs_are_searched(wire, experiment, run_id):
    wire.post("runs/log-metric", run_id=run_id, key="loss", value=0.5, timestamp=START)
    search = {"experiment_ids": [experiment], "order_by": ["metrics.loss DESC"]}

    found = wire.post("runs/search", filter="metrics.loss < 0.6", **search)

    assert [run["info"]["run_id"] for run in found["runs"]] == [run_id] and "next_page_token" not in found
    assert wire.post("runs/search", filter="metrics.loss > 0.6", **search).get("runs", []) == []
    refused = refusal_of(wire.post, "runs/search", filter="metrics.loss >", **search)
    assert refused == (400, "INVALID_PARAMETER_VALUE")


def test_a_run_is_deleted_and_restored(wire, experiment, run_id):
    wire.post("runs/delete", run_id=run_id)

    assert wire.get("runs/get", run_id=run_id)["run"]["info"]["lifecycle_stage"] == "deleted"
    assert wire.post("runs/search", experiment_ids=[experiment]).get("runs", []) == []
    refused = refusal_of(wire.post, "runs/set-tag", run_id=run_id, key="a", value="b")
    assert refused == (400, "INVALID_PARAMETER_VALUE")
    wire.post("runs/restore", run_id=run_id)
    assert len(wire.post("runs/search", experiment_ids=[experiment])["runs"]) == 1


def test_a_dataset_is_logged(wire, run_id):
    dataset = {"name": "iris", "digest": "12ab", "source_type": "local", "source": "{}"}
    tags = [{"key": "mlflow.data.context", "value": "training"}]

    wire.post("runs/log-inputs", run_id=run_id, datasets=[{"dataset": dataset, "tags": tags}])

    inputs = wire.get("runs/get", run_id=run_id)["run"]["inputs"]
    assert inputs["dataset_inputs"] == [{"dataset": dataset, "tags": tags}]


def test_an_artifact_goes_up_is_listed_comes_down_and_goes(wire, experiment, run_id):
    content = bytes(range(256)) * 5000
    directory = f"{experiment}/{run_id}/artifacts"
    path = f"{wire.prefix}/mlflow-artifacts/artifacts/{directory}/models/a%20b.bin"

    assert wire.send("PUT", path, content).status == 200

    listed = wire.get("artifacts/list", run_id=run_id, path="models")["files"]
    assert listed == [{"path": "models/a b.bin", "is_dir": False, "file_size": len(content)}]
    in_store = wire.call("GET", "artifacts", {"path": directory}, under="mlflow-artifacts")["files"]
    assert in_store == [{"path": "models", "is_dir": True}]
    down = wire.send("GET", path)
    assert hashlib.sha256(down.body).digest() == hashlib.sha256(content).digest()
    shown = wire.send("GET", f"/get-artifact?run_id={run_id}&path=models/a%20b.bin")
    assert shown.body == content
    part = wire.send("GET", path, Range="bytes=10-19")
    assert (part.status, part.body) == (206, content[10:20])

    assert wire.send("DELETE", path).status == 200
    gone = wire.send("GET", path)
    assert (gone.status, gone.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_scalars_come_as_text_from_r_and_java(wire, experiment):
    created = wire.post("runs/create", experiment_id=experiment, start_time="1700000000000", user_id="r")
    run_id = created["run"]["info"]["run_uuid"]

    wire.post("runs/log-metric", run_uuid=run_id, key="loss", value="0.5", timestamp="1.7e+12", step="3")
    wire.post("runs/update", run_uuid=run_id, status="FINISHED", end_time="1700000009000")
    found = wire.post("runs/search", experiment_ids=[experiment], max_results="10", filter="metrics.loss = 0.5")

    assert found["runs"][0]["info"]["end_time"] == 1_700_000_009_000
    point = {"key": "loss", "value": 0.5, "timestamp": START, "step": 3}
    assert found["runs"][0]["data"]["metrics"] == [point]


def test_every_answer_is_json_and_no_number_is_text(wire, run_id):
    answer = wire.send("GET", f"{wire.prefix}/mlflow/runs/get?run_id={run_id}")

    assert answer.headers["Content-Type"].partition(";")[0] == "application/json"
    assert isinstance(answer.json()["run"]["info"]["start_time"], int)
    assert b"null" not in answer.body


def test_the_server_tells_health_and_version(server):
    wire = Wire(server.url)

    assert wire.send("GET", "/health").body == b"OK"
    assert wire.send("GET", "/version").body.decode().count(".") >= 1
    assert json.loads(wire.send("GET", "/api/3.0/mlflow/server-info").body)["store_type"] == "SqlStore"
