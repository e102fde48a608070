"""Datasets as inputs of runs."""

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient

client = MlflowClient()


def datasets_are_inputs_of_a_run():
    frame = mlflow.data.from_pandas(pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]}), name="training set", targets="y")
    array = mlflow.data.from_numpy(np.arange(6).reshape(3, 2), name="held out")

    with mlflow.start_run() as active:
        mlflow.log_input(frame, context="training", tags={"split": "first"})
        mlflow.log_input(array, context="validation")
        mlflow.log_input(frame, context="training", tags={"split": "first"})  # again, which changes nothing

    inputs = {entry.dataset.name: entry for entry in client.get_run(active.info.run_id).inputs.dataset_inputs}
    assert inputs.keys() == {"training set", "held out"}
    logged = inputs["training set"]
    assert logged.dataset.digest == frame.digest and logged.dataset.source_type == "code"
    assert {tag.key: tag.value for tag in logged.tags} == {"mlflow.data.context": "training", "split": "first"}
    assert '"mlflow_colspec"' in logged.dataset.schema and '"num_rows"' in logged.dataset.profile


def dataset_of_a_run_is_loaded_again():
    from mlflow.data.pandas_dataset import PandasDataset

    frame = pd.DataFrame({"x": [1.0, 2.0]})
    dataset = mlflow.data.from_pandas(frame, source="https://example.invalid/data.csv", name="d")

    with mlflow.start_run() as active:
        mlflow.log_input(dataset, context="training")

    logged = client.get_run(active.info.run_id).inputs.dataset_inputs[0].dataset
    assert isinstance(dataset, PandasDataset)
    assert mlflow.data.get_source(logged).url == "https://example.invalid/data.csv"


def runs_are_found_by_dataset():
    dataset = mlflow.data.from_numpy(np.zeros(3), name="zeros")
    with mlflow.start_run() as with_dataset:
        mlflow.log_input(dataset, context="training")
    with mlflow.start_run():
        pass

    for condition in (
        "dataset.name = 'zeros'",
        f"dataset.digest = '{dataset.digest}'",
        "dataset.context = 'training'",
        "datasets.name ILIKE 'ZER%' and dataset.context IN ('training', 'test')",
    ):
        assert list(mlflow.search_runs(filter_string=condition)["run_id"]) == [with_dataset.info.run_id], condition
