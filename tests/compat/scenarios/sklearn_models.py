"""Models of scikit-learn: logged, loaded again, and logged by themselves."""

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

client = MlflowClient()
X, y = load_iris(return_X_y=True)

# Named, so that the client does not start a process to find out what a model imports.
REQUIREMENTS = ["scikit-learn"]


def model_is_logged_and_loaded_by_its_run():
    model = LogisticRegression(max_iter=200).fit(X, y)

    with mlflow.start_run() as active:
        mlflow.log_metric("accuracy", model.score(X, y))
        mlflow.sklearn.log_model(
            model, "model", signature=infer_signature(X, model.predict(X)), pip_requirements=REQUIREMENTS
        )

    uri = f"runs:/{active.info.run_id}/model"
    assert np.array_equal(mlflow.sklearn.load_model(uri).predict(X), model.predict(X))
    assert np.array_equal(mlflow.pyfunc.load_model(uri).predict(X), model.predict(X))
    assert mlflow.models.get_model_info(uri).signature.inputs is not None


def grid_search_logs_itself():
    mlflow.sklearn.autolog(max_tuning_runs=3, serialization_format="cloudpickle")
    search = GridSearchCV(LogisticRegression(max_iter=200), {"C": [0.01, 0.1, 1, 10]}, cv=3)

    with mlflow.start_run() as active:
        search.fit(X, y)

    parent = client.get_run(active.info.run_id)
    children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{active.info.run_id}'")
    assert parent.data.params["best_C"] == str(search.best_params_["C"])
    assert parent.data.metrics["best_cv_score"] == search.best_score_
    assert "training_score" in parent.data.metrics
    assert len(children) == 3 and children["metrics.mean_test_score"].max() == search.best_score_
    assert "cv_results.csv" in {file.path for file in client.list_artifacts(active.info.run_id)}
    best = mlflow.pyfunc.load_model(f"runs:/{active.info.run_id}/best_estimator")
    assert np.array_equal(best.predict(X), search.predict(X))


def single_fit_logs_itself():
    mlflow.sklearn.autolog(log_models=False)

    with mlflow.start_run() as active:
        model = LogisticRegression(max_iter=200).fit(X, y)
        model.score(X, y)

    run = client.get_run(active.info.run_id)
    assert run.data.params["max_iter"] == "200" and run.data.tags["estimator_name"] == "LogisticRegression"
    assert "training_accuracy_score" in run.data.metrics
    assert run.inputs.dataset_inputs
