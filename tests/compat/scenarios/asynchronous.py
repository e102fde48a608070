"""Logging from a background thread, as the caller asks for it."""

import mlflow
from mlflow import MlflowClient
from refusal import refused

client = MlflowClient()


def everything_asynchronous_arrives():
    with mlflow.start_run() as active:
        mlflow.log_param("lr", 0.1, synchronous=False)
        mlflow.log_params({"depth": 3, "seed": 7}, synchronous=False)
        mlflow.set_tag("team", "vision", synchronous=False)
        mlflow.set_tags({"stage": "draft"}, synchronous=False)
        for step in range(300):
            mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
        mlflow.log_metrics({"accuracy": 0.5, "recall": 0.25}, step=1, synchronous=False)
        mlflow.flush_async_logging()

    run = client.get_run(active.info.run_id)
    assert run.data.params == {"lr": "0.1", "depth": "3", "seed": "7"}
    assert (run.data.tags["team"], run.data.tags["stage"]) == ("vision", "draft")
    assert run.data.metrics == {"loss": 1 / 300, "accuracy": 0.5, "recall": 0.25}
    steps = [point.step for point in client.get_metric_history(active.info.run_id, "loss")]
    assert steps == list(range(300))


def operation_can_be_waited_for():
    with mlflow.start_run() as active:
        operation = mlflow.log_metric("loss", 0.5, synchronous=False)
        operation.wait()

        assert client.get_run(active.info.run_id).data.metrics == {"loss": 0.5}


def refusal_reaches_who_waits():
    with mlflow.start_run():
        mlflow.log_param("lr", 1)
        operation = mlflow.log_param("lr", 2, synchronous=False)
        with refused(saying="Changing param values is not allowed"):
            operation.wait()


def everything_is_asynchronous_once_enabled():
    mlflow.config.enable_async_logging(True)
    try:
        with mlflow.start_run() as active:
            for step in range(50):
                mlflow.log_metric("loss", step, step=step)
            mlflow.log_params({"a": 1})
            mlflow.flush_async_logging()
    finally:
        mlflow.config.enable_async_logging(False)

    run = client.get_run(active.info.run_id)
    assert run.data.params == {"a": "1"} and run.data.metrics == {"loss": 49}
    assert len(client.get_metric_history(active.info.run_id, "loss")) == 50


def asynchronous_artifacts_arrive():
    with mlflow.start_run() as active:
        client.log_image(active.info.run_id, _picture(), key="picture", step=1, synchronous=False)
        mlflow.flush_artifact_async_logging()

    endings = {file.path.rsplit(".")[-1] for file in client.list_artifacts(active.info.run_id, "images")}
    assert endings == {"png", "webp"}


def _picture():
    import numpy as np

    return np.zeros((8, 8, 3), dtype=np.uint8)
