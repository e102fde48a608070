"""What MLflow logs by itself of a fit and of a grid search."""

from contextlib import contextmanager

import mlflow
import mlflow.sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

from runs.demo.datasets import split
from runs.demo.study import Study


def single_fit() -> None:
    data = split("iris", seed=0)

    with logging_itself(), mlflow.start_run(run_name="tree, logged by itself"):
        DecisionTreeClassifier(max_depth=3, random_state=0).fit(data.X_train, data.y_train).score(
            data.X_test, data.y_test
        )


def grid_search() -> None:
    data = split("iris", seed=0)
    search = GridSearchCV(LogisticRegression(max_iter=400), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=4)

    with logging_itself(), mlflow.start_run(run_name="grid search, logged by itself"):
        search.fit(data.X_train, data.y_train)
        mlflow.log_metric("test_accuracy", search.score(data.X_test, data.y_test))


@contextmanager
def logging_itself():
    """Models are left out: to describe them the client starts processes, which takes its time."""
    mlflow.sklearn.autolog(log_models=False, silent=True, max_tuning_runs=4)
    try:
        yield
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)


STUDY = Study(
    experiment="Iris: logged by itself",
    note="`mlflow.sklearn.autolog()`, and nothing else.",
    tags={"data": "iris"},
    steps=[single_fit, grid_search],
)
