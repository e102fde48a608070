"""Searches over two params: a parent run, and a child for each combination with its score by fold."""

from functools import partial

import mlflow
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ParameterGrid, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from runs.demo import figures
from runs.demo.datasets import Split, split
from runs.demo.models import log_model
from runs.demo.study import Study

FOLDS = 5


def search(family: str, estimator, grid: dict, fixed: dict) -> None:
    data = split("wine", seed=0)

    with mlflow.start_run(run_name=f"search: {family}"):
        mlflow.log_params({"family": family, "folds": FOLDS, **{f"grid.{key}": values for key, values in grid.items()}})
        mlflow.set_tags({"family": family, "team": "tabular", "kind": "search"})
        data.log()
        scores = [
            {**options, "score": score_child(family, estimator, options, fixed, data)}
            for options in ParameterGrid(grid)
        ]
        table = pd.DataFrame(scores)
        best = table.loc[table["score"].idxmax()].to_dict()
        log_search(table, best, grid)
        options = next(options for options in ParameterGrid(grid) if all(best[key] == options[key] for key in grid))
        model = make_pipeline(StandardScaler(), estimator(**options, **fixed)).fit(data.X_train, data.y_train)
        mlflow.log_metric("test_accuracy", model.score(data.X_test, data.y_test))
        predicted = model.predict(data.X_test)
        mlflow.log_figure(figures.confusion_matrix(data.y_test, predicted, data.classes), "plots/confusion_matrix.png")
        log_model(model, data, name="best")


def score_child(family: str, estimator, options: dict, fixed: dict, data: Split) -> float:
    model = make_pipeline(StandardScaler(), estimator(**options, **fixed))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    name = " ".join(f"{key}={value}" for key, value in options.items())

    with mlflow.start_run(run_name=name, nested=True):
        mlflow.log_params({"family": family, **options})
        mlflow.set_tags({"family": family, "team": "tabular", "kind": "candidate"})
        scores = cross_val_score(model, data.X_train, data.y_train, cv=folds)
        for fold, score in enumerate(scores):
            mlflow.log_metric("fold_accuracy", score, step=fold)
        mlflow.log_metrics({"cv_accuracy": scores.mean(), "cv_spread": scores.std()})
    return float(scores.mean())


def log_search(table: pd.DataFrame, best: dict, grid: dict) -> None:
    row, column = grid
    mlflow.log_params({f"best.{key}": best[key] for key in grid})
    mlflow.log_metric("cv_accuracy", best["score"])
    mlflow.log_text(table.to_csv(index=False), "search.csv")
    mlflow.log_table(table, "search.json")
    pivoted = table.pivot(index=row, columns=column, values="score")
    mlflow.log_figure(figures.heat_map(pivoted, title="Accuracy over the folds"), "plots/search.png")
    mlflow.set_tag(
        "mlflow.note.content",
        f"Best: `{row}={best[row]}`, `{column}={best[column]}`\n\n| {row} | {column} | accuracy |\n|---|---|---|\n"
        + "".join(f"| {r[row]} | {r[column]} | {r['score']:.3f} |\n" for r in table.to_dict("records")),
    )


STUDY = Study(
    experiment="Wine: search with children",
    note="Each search is a run; each combination it tries is a run inside it.",
    tags={"data": "wine", "team": "tabular"},
    steps=[
        partial(search, "svc", SVC, {"C": [0.01, 0.1, 1.0, 10.0], "gamma": [0.001, 0.01, 0.1, 1.0]}, {}),
        partial(
            search,
            "random forest",
            RandomForestClassifier,
            {"max_depth": [1, 2, 4], "n_estimators": [5, 20, 60]},
            {"random_state": 0},
        ),
    ],
)
