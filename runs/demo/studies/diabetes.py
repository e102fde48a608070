"""Regressions: shrinkage of linear models, neighbours and boosting."""

from functools import partial

import mlflow
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import ElasticNet, Lasso, Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.neighbors import KNeighborsRegressor

from runs.demo import figures
from runs.demo.datasets import Split, split
from runs.demo.models import log_model
from runs.demo.study import Study

SEEDS = (0, 1)
CONFIGURATIONS = [
    *[("ridge", Ridge, {"alpha": alpha}) for alpha in (0.001, 0.01, 0.1, 1.0, 10.0)],
    *[("lasso", Lasso, {"alpha": alpha}) for alpha in (0.01, 0.1, 1.0)],
    *[("elastic net", ElasticNet, {"alpha": 0.01, "l1_ratio": ratio}) for ratio in (0.1, 0.5, 0.9)],
    *[("neighbours", KNeighborsRegressor, {"n_neighbors": count}) for count in (3, 9, 27)],
    *[
        (
            "gradient boosting",
            GradientBoostingRegressor,
            {"learning_rate": rate, "n_estimators": 120, "random_state": 0},
        )
        for rate in (0.02, 0.1, 0.4)
    ],
]


def fit_and_log(family: str, estimator, options: dict, seed: int) -> None:
    data = split("diabetes", seed=seed)
    model = estimator(**options).fit(data.X_train, data.y_train)
    predicted = model.predict(data.X_test)

    with mlflow.start_run(run_name=f"{family} {next(iter(options.values()))}"):
        mlflow.log_params({"family": family, "seed": seed, **options})
        mlflow.set_tags({"family": family, "team": "tabular"})
        data.log()
        mlflow.log_metrics(
            {
                "test_rmse": root_mean_squared_error(data.y_test, predicted),
                "test_mae": mean_absolute_error(data.y_test, predicted),
                "test_r2": r2_score(data.y_test, predicted),
                "train_r2": model.score(data.X_train, data.y_train),
            }
        )
        if family == "gradient boosting":
            log_stages(model, data)
        if seed == SEEDS[0]:
            mlflow.log_figure(figures.residuals(data.y_test, predicted), "plots/residuals.png")
            mlflow.log_text(data.X_test.assign(true=data.y_test, predicted=predicted).to_csv(), "predictions.csv")
            log_coefficients(model, data)
            log_model(model, data)


def log_stages(model: GradientBoostingRegressor, data: Split) -> None:
    for step, predicted in enumerate(model.staged_predict(data.X_test)):
        scores = {
            "train_loss": model.train_score_[step],
            "staged_rmse": root_mean_squared_error(data.y_test, predicted),
        }
        mlflow.log_metrics(scores, step=step)


def log_coefficients(model, data: Split) -> None:
    if not hasattr(model, "coef_"):
        return
    coefficients = dict(zip(data.X_train.columns, map(float, model.coef_), strict=True))
    mlflow.log_dict({"intercept": float(model.intercept_), "coefficients": coefficients}, "coefficients.json")
    mlflow.log_figure(figures.bars(coefficients, "Coefficients"), "plots/coefficients.svg")
    mlflow.log_metric("coefficients_used", sum(value != 0 for value in coefficients.values()))


STUDY = Study(
    experiment="Diabetes: regression",
    note="How much shrinkage helps: ridge, lasso and elastic net beside neighbours and boosting.",
    tags={"data": "diabetes", "team": "tabular"},
    steps=[partial(fit_and_log, *configuration, seed) for configuration in CONFIGURATIONS for seed in SEEDS],
)
