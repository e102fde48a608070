"""MlflowClient's own call for each thing the fluent functions do."""

import tempfile
import time
from pathlib import Path

import mlflow
import numpy as np
from matplotlib.figure import Figure
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

client = MlflowClient()


def run_from_creation_to_its_end():
    run = _new_run(start_time=1_700_000_000_000, tags={"a": "b"}, run_name="by client")
    run_id = run.info.run_id
    client.log_param(run_id, "lr", 0.1)
    client.log_metric(run_id, "loss", 0.5, timestamp=1_700_000_000_001, step=3)
    client.log_batch(
        run_id,
        metrics=[Metric("acc", 0.25, 1_700_000_000_002, 1), Metric("acc", 0.75, 1_700_000_000_003, 2)],
        params=[Param("depth", "3")],
        tags=[RunTag("team", "vision")],
    )
    client.set_tag(run_id, "c", "d")
    client.delete_tag(run_id, "a")
    client.set_terminated(run_id, "KILLED", end_time=1_700_000_009_000)

    read = client.get_run(run_id)
    assert (read.info.status, read.info.start_time) == ("KILLED", 1_700_000_000_000)
    assert read.info.end_time == 1_700_000_009_000
    assert read.data.params == {"lr": "0.1", "depth": "3"} and read.data.metrics == {"loss": 0.5, "acc": 0.75}
    assert {key: read.data.tags.get(key) for key in ("a", "c", "team")} == {"a": None, "c": "d", "team": "vision"}
    assert [(point.value, point.timestamp, point.step) for point in client.get_metric_history(run_id, "acc")] == [
        (0.25, 1_700_000_000_002, 1),
        (0.75, 1_700_000_000_003, 2),
    ]
    assert client.get_metric_history(run_id, "never logged") == []


def equal_points_sent_twice_count_once():
    run_id = _new_run().info.run_id
    points = [Metric("loss", 1 / (step + 1), 1_700_000_000_000, step) for step in range(10)]

    client.log_batch(run_id, metrics=points)
    client.log_batch(run_id, metrics=points)

    assert len(client.get_metric_history(run_id, "loss")) == 10


def artifacts_of_every_kind():
    run_id = _new_run().info.run_id
    figure = Figure()
    figure.subplots().plot([1, 2])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.txt").write_text("a")
        client.log_artifact(run_id, f"{folder}/a.txt", "one")
        client.log_artifacts(run_id, folder, "many")
    client.log_text(run_id, "text", "t.txt")
    client.log_dict(run_id, {"a": 1}, "d.json")
    client.log_figure(run_id, figure, "f.png")
    client.log_image(run_id, np.zeros((4, 4), dtype=np.uint8), "i.png")
    client.log_table(run_id, {"a": [1]}, "table.json")

    assert {file.path for file in client.list_artifacts(run_id)} == {
        *("one", "many", "t.txt", "d.json", "f.png", "i.png", "table.json")
    }
    with tempfile.TemporaryDirectory() as folder:
        assert Path(client.download_artifacts(run_id, "many/a.txt", folder)).read_text() == "a"
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(client.download_artifacts(run_id, "", folder))
        files = sorted(str(path.relative_to(everything)) for path in everything.rglob("*") if path.is_file())
    assert files == ["d.json", "f.png", "i.png", "many/a.txt", "one/a.txt", "t.txt", "table.json"], files


def inputs_with_tags():
    run_id = _new_run().info.run_id
    dataset = Dataset(name="d", digest="12ab", source_type="local", source="{}", schema="{}", profile="{}")

    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "test")])])

    logged = client.get_run(run_id).inputs.dataset_inputs[0]
    assert (logged.dataset.name, logged.dataset.digest, logged.tags[0].value) == ("d", "12ab", "test")


def run_is_updated():
    run_id = _new_run().info.run_id

    client.update_run(run_id, status="FAILED", name="renamed")

    read = client.get_run(run_id)
    assert (read.info.status, read.info.run_name) == ("FAILED", "renamed")


def asynchronous_calls():
    run_id = _new_run().info.run_id
    operations = [
        client.log_metric(run_id, "loss", 0.5, synchronous=False),
        client.log_param(run_id, "lr", 1, synchronous=False),
        client.set_tag(run_id, "a", "b", synchronous=False),
        client.log_batch(run_id, metrics=[Metric("acc", 1, int(time.time() * 1000), 0)], synchronous=False),
    ]
    for operation in operations:
        operation.wait()

    data = client.get_run(run_id).data
    assert (data.metrics, data.params, data.tags["a"]) == ({"loss": 0.5, "acc": 1}, {"lr": "1"}, "b")


def _new_run(**options):
    with mlflow.start_run() as active:  # where the current experiment is
        pass
    return client.create_run(active.info.experiment_id, **options)
