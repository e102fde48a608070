"""CPU and memory, sampled by the client in the background."""

import time

import mlflow
from mlflow import MlflowClient


def system_metrics_are_logged_while_a_run_is_active():
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(1)
    try:
        with mlflow.start_run(log_system_metrics=True) as active:
            time.sleep(1.5)
    finally:
        mlflow.set_system_metrics_sampling_interval(None)
        mlflow.set_system_metrics_samples_before_logging(None)

    client = MlflowClient()
    metrics = client.get_run(active.info.run_id).data.metrics
    assert {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"} <= metrics.keys()
    assert client.get_metric_history(active.info.run_id, "system/cpu_utilization_percentage")
