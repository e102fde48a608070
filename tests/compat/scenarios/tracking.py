"""Params, metrics and tags, runs inside runs."""

import math

import mlflow
from mlflow import MlflowClient
from refusal import refused

client = MlflowClient()


def run_is_started_and_finished():
    with mlflow.start_run(run_name="first", description="What it is for.") as active:
        started = client.get_run(active.info.run_id)

    finished = client.get_run(active.info.run_id)
    assert started.info.status == "RUNNING" and started.info.end_time is None
    assert finished.info.status == "FINISHED" and finished.info.end_time >= finished.info.start_time > 0
    assert finished.info.run_name == finished.data.tags["mlflow.runName"] == "first"
    assert finished.data.tags["mlflow.note.content"] == "What it is for."
    assert finished.info.lifecycle_stage == "active"


def run_whose_block_raises_is_failed():
    try:
        with mlflow.start_run() as active:
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    assert client.get_run(active.info.run_id).info.status == "FAILED"


def run_is_resumed():
    with mlflow.start_run() as active:
        mlflow.log_metric("loss", 1.0, step=1)
    with mlflow.start_run(run_id=active.info.run_id):
        mlflow.log_metric("loss", 0.5, step=2)
        assert client.get_run(active.info.run_id).info.status == "RUNNING"

    run = client.get_run(active.info.run_id)
    assert run.info.status == "FINISHED" and run.data.metrics == {"loss": 0.5}


def run_name_is_made_up_when_none_is_given():
    with mlflow.start_run() as active:
        pass

    assert client.get_run(active.info.run_id).info.run_name


def params_are_kept_as_text():
    with mlflow.start_run() as active:
        assert mlflow.log_param("lr", 1e-3) == 1e-3
        mlflow.log_param("lr", 1e-3)  # the same again is no change
        mlflow.log_params({"optimizer": "adam", "depth": 7, "flag": None, "slash/and space": "ä 漢 🙂"})

    assert client.get_run(active.info.run_id).data.params == {
        "lr": "0.001",
        "optimizer": "adam",
        "depth": "7",
        "flag": "None",
        "slash/and space": "ä 漢 🙂",
    }


def hundreds_of_params_are_sent_in_parts():
    params = {f"p{number}": str(number) for number in range(250)}

    with mlflow.start_run() as active:
        mlflow.log_params(params)

    assert client.get_run(active.info.run_id).data.params == params


def param_is_not_changed():
    with mlflow.start_run() as active:
        mlflow.log_param("lr", 1)
        for change in (lambda: mlflow.log_param("lr", 2), lambda: mlflow.log_params({"new": 1, "lr": 2})):
            with refused("INVALID_PARAMETER_VALUE", saying="Changing param values is not allowed"):
                change()

    assert client.get_run(active.info.run_id).data.params == {"lr": "1"}


def metrics_are_kept_with_their_history():
    with mlflow.start_run() as active:
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"accuracy": 0.9, "f1/macro": 0.8}, step=3)
        mlflow.log_metric("accuracy", 0.7, step=2)  # late: the last value stays that of step 3

    run = client.get_run(active.info.run_id)
    history = client.get_metric_history(active.info.run_id, "loss")
    assert run.data.metrics == {"loss": 1 / 20, "accuracy": 0.9, "f1/macro": 0.8}
    assert [(point.step, point.value) for point in history] == [(step, 1 / (step + 1)) for step in range(20)]
    assert all(point.timestamp > 0 for point in history)


def values_that_are_no_real_numbers_are_kept():
    with mlflow.start_run() as active:
        for step, value in enumerate([math.nan, math.inf, -math.inf]):
            mlflow.log_metric("loss", value, step=step)
        mlflow.log_metric("ends_in_nan", math.nan)

    history = [point.value for point in client.get_metric_history(active.info.run_id, "loss")]
    assert math.isnan(history[0])
    assert history[1] >= 1.7976931348623157e308 and history[2] <= -1.7976931348623157e308
    assert math.isnan(client.get_run(active.info.run_id).data.metrics["ends_in_nan"])


def long_history_is_read_in_pages():
    points = [mlflow.entities.Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(30_000)]
    with mlflow.start_run() as active:
        for first in range(0, len(points), 1000):
            client.log_batch(active.info.run_id, metrics=points[first : first + 1000])

    history = client.get_metric_history(active.info.run_id, "loss")
    assert [(point.timestamp, point.step, point.value) for point in history] == [
        (point.timestamp, point.step, point.value) for point in points
    ]


def tags_are_set_changed_and_deleted():
    with mlflow.start_run(tags={"from_start": "yes"}) as active:
        mlflow.set_tag("stage", "draft")
        mlflow.set_tag("stage", "ready")
        mlflow.set_tags({"team": "vision", "temporary": 1, "empty": ""})
        mlflow.delete_tag("temporary")

    tags = client.get_run(active.info.run_id).data.tags
    assert {key: value for key, value in tags.items() if not key.startswith("mlflow.")} == {
        "from_start": "yes",
        "stage": "ready",
        "team": "vision",
        "empty": "",
    }
    assert tags["mlflow.user"] and tags["mlflow.source.type"] == "LOCAL"


def runs_are_nested():
    with mlflow.start_run(run_name="parent") as parent:
        children = []
        for depth in (1, 2):
            with mlflow.start_run(run_name=f"child {depth}", nested=True) as child:
                mlflow.log_param("depth", depth)
                children.append(child.info.run_id)

    for run_id in children:
        assert client.get_run(run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert client.get_parent_run(run_id).info.run_id == parent.info.run_id
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert set(found["run_id"]) == set(children)


def run_is_renamed_in_both_ways():
    with mlflow.start_run(run_name="before") as active:
        pass

    client.update_run(active.info.run_id, name="by update")
    by_update = client.get_run(active.info.run_id)
    client.set_tag(active.info.run_id, "mlflow.runName", "by tag")
    by_tag = client.get_run(active.info.run_id)

    assert by_update.data.tags["mlflow.runName"] == "by update" == by_update.info.run_name
    assert by_tag.data.tags["mlflow.runName"] == "by tag" == by_tag.info.run_name
