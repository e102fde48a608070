"""Logged models, which are new in MLflow 3."""

import tempfile
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from refusal import refused
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

ONLY_MLFLOW = 3

client = MlflowClient()
X, y = load_iris(return_X_y=True)
REQUIREMENTS = ["scikit-learn"]


def model_is_loaded_by_its_id():
    model = LogisticRegression(max_iter=200).fit(X, y)
    with mlflow.start_run() as active:
        mlflow.log_params({"C": 1.0})
        mlflow.log_metric("before", 0.5)
        logged = mlflow.sklearn.log_model(model, name="classifier", pip_requirements=REQUIREMENTS)
        mlflow.log_metric("after", 0.75, model_id=logged.model_id)

    assert logged.model_uri == f"models:/{logged.model_id}"
    assert np.array_equal(mlflow.pyfunc.load_model(logged.model_uri).predict(X), model.predict(X))
    stored = mlflow.get_logged_model(logged.model_id)
    assert (stored.name, str(stored.status), stored.source_run_id) == ("classifier", "READY", active.info.run_id)
    assert stored.params == {"C": "1.0"}
    assert {(metric.key, metric.value) for metric in stored.metrics} >= {("after", 0.75)}
    assert client.get_run(active.info.run_id).outputs.model_outputs[0].model_id == logged.model_id


def model_is_logged_without_a_run():
    model = LogisticRegression(max_iter=200).fit(X, y)

    logged = mlflow.sklearn.log_model(model, name="alone", pip_requirements=REQUIREMENTS)

    assert not mlflow.active_run()
    assert np.array_equal(mlflow.pyfunc.load_model(logged.model_uri).predict(X), model.predict(X))


def models_are_searched():
    for number in range(3):
        made = mlflow.create_external_model(name=f"model-{number}", model_type="agent", params={"depth": str(number)})
        with mlflow.start_run():
            mlflow.log_metric("accuracy", number / 2, model_id=made.model_id)

    def names(filter_string=None, **options):
        found = mlflow.search_logged_models(filter_string=filter_string, output_format="list", **options)
        return [model.name for model in found]

    assert names() == ["model-2", "model-1", "model-0"]
    assert names("params.depth = '1'") == ["model-1"]
    assert names("metrics.accuracy >= 0.5", order_by=[{"field_name": "metrics.accuracy"}]) == ["model-1", "model-2"]
    assert names("name LIKE 'model-%' AND model_type = 'agent'", max_results=2) == ["model-2", "model-1"]


def model_gets_params_tags_and_files_and_is_deleted():
    model = mlflow.initialize_logged_model(name="by-hand", tags={"a": "b"})
    mlflow.log_model_params({f"p{number}": str(number) for number in range(150)}, model_id=model.model_id)
    mlflow.set_logged_model_tags(model.model_id, {"c": "d"})
    mlflow.delete_logged_model_tag(model.model_id, "a")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "notes.txt").write_text("hello")
        client.log_model_artifacts(model.model_id, folder)
    mlflow.finalize_logged_model(model.model_id, "READY")

    stored = client.get_logged_model(model.model_id)
    assert len(stored.params) == 150
    assert {key: value for key, value in stored.tags.items() if not key.startswith("mlflow.")} == {"c": "d"}
    assert [file.path for file in client.list_logged_model_artifacts(model.model_id)] == ["notes.txt"]

    client.delete_logged_model(model.model_id)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_logged_model(model.model_id)


def metrics_name_model_and_dataset():
    dataset = mlflow.data.from_numpy(np.zeros(3), name="zeros")
    model = mlflow.create_external_model(name="measured")

    with mlflow.start_run() as active:
        mlflow.log_metric("accuracy", 0.9, step=2, model_id=model.model_id, dataset=dataset)
        mlflow.log_metrics({"recall": 0.8}, step=2, model_id=model.model_id, dataset=dataset)

    stored = {metric.key: metric for metric in mlflow.get_logged_model(model.model_id).metrics}
    assert stored.keys() == {"accuracy", "recall"}
    assert (stored["accuracy"].value, stored["accuracy"].dataset_name) == (0.9, "zeros")
    assert stored["accuracy"].run_id == active.info.run_id
    assert client.get_run(active.info.run_id).data.metrics == {"accuracy": 0.9, "recall": 0.8}


def traced_function_neither_hangs_nor_fails():
    @mlflow.trace
    def doubled(number):
        return 2 * number

    assert doubled(21) == 42
    mlflow.flush_trace_async_logging()
