"""Families of classifiers, some configurations of each, several seeds."""

import time
from functools import partial
from itertools import product

import mlflow
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, f1_score, log_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from runs.demo import figures
from runs.demo.datasets import Split, split
from runs.demo.models import log_model
from runs.demo.registry import promote_best
from runs.demo.study import Study

SEEDS = (0, 1, 2, 3, 4)
SCREENING = "breast cancer screening"

# Of these the first seed logs a model: the rest would only take time.
FAMILIES = {
    "logistic regression": (LogisticRegression, {"max_iter": 500}, {"C": [0.001, 0.1, 1.0, 100.0]}),
    "svc": (SVC, {"probability": True}, {"C": [0.1, 1.0, 10.0], "kernel": ["rbf", "linear"]}),
    "random forest": (RandomForestClassifier, {}, {"n_estimators": [20, 100], "max_depth": [3, None]}),
    "gradient boosting": (GradientBoostingClassifier, {"n_estimators": 60}, {"learning_rate": [0.03, 0.1, 0.5]}),
    "mlp": (MLPClassifier, {"max_iter": 80}, {"hidden_layer_sizes": [(16,), (64, 32)], "alpha": [1e-4, 1e-1]}),
}


def steps():
    for family, (estimator, fixed, grid) in FAMILIES.items():
        for values in product(*grid.values()):
            options = {**fixed, **dict(zip(grid, values, strict=True))}
            for seed in SEEDS:
                yield partial(fit_and_log, family, estimator, options, seed)


def fit_and_log(family: str, estimator, options: dict, seed: int) -> None:
    data = split("breast cancer", seed=seed)
    model = make_pipeline(StandardScaler(), estimator(**options, random_state=seed))

    with mlflow.start_run(run_name=f"{family} {' '.join(map(_short, options.values()))}"):
        mlflow.log_params({"family": family, "seed": seed, **options})
        mlflow.set_tags({"family": family, "team": "diagnostics", "stage": "screening"})
        data.log()
        began = time.perf_counter()
        model.fit(data.X_train, data.y_train)
        mlflow.log_metric("fit_seconds", time.perf_counter() - began)
        log_scores(model, data)
        log_steps(model, data)
        if seed == SEEDS[0]:
            log_pictures(model, data)
            log_model(model, data, registered_as=SCREENING)


def log_scores(model, data: Split) -> None:
    probability = model.predict_proba(data.X_test)[:, 1]
    predicted = model.predict(data.X_test)
    mlflow.log_metrics(
        {
            "train_accuracy": model.score(data.X_train, data.y_train),
            "test_accuracy": accuracy_score(data.y_test, predicted),
            "test_f1": f1_score(data.y_test, predicted),
            "test_roc_auc": roc_auc_score(data.y_test, probability),
            "test_log_loss": log_loss(data.y_test, probability),
        }
    )
    report = classification_report(data.y_test, predicted, target_names=data.classes, output_dict=True)
    mlflow.log_dict(report, "classification_report.json")


def log_steps(model, data: Split) -> None:
    """What a model of many stages keeps of its training."""
    estimator = model[-1]
    X_test = model[:-1].transform(data.X_test)
    if isinstance(estimator, GradientBoostingClassifier):
        for step, probability in enumerate(estimator.staged_predict_proba(X_test)):
            scores = {"train_loss": estimator.train_score_[step], "staged_log_loss": log_loss(data.y_test, probability)}
            mlflow.log_metrics(scores, step=step)
    if isinstance(estimator, MLPClassifier):
        for step, loss in enumerate(estimator.loss_curve_):
            mlflow.log_metric("train_loss", loss, step=step)


def log_pictures(model, data: Split) -> None:
    probability = model.predict_proba(data.X_test)[:, 1]
    predicted = model.predict(data.X_test)
    mlflow.log_figure(figures.confusion_matrix(data.y_test, predicted, data.classes), "plots/confusion_matrix.png")
    mlflow.log_figure(figures.roc_curve(data.y_test, probability), "plots/roc.png")
    mlflow.log_figure(figures.precision_recall(data.y_test, probability), "plots/precision_recall.svg")
    wrong = data.X_test[predicted != data.y_test].round(4)
    mlflow.log_table(
        wrong.assign(predicted=predicted[wrong.index.map(data.X_test.index.get_loc)]), "misclassified.json"
    )
    if hasattr(model[-1], "feature_importances_"):
        importance = dict(zip(data.X_train.columns, model[-1].feature_importances_, strict=True))
        mlflow.log_figure(figures.bars(importance, "Importance of features"), "plots/importance.png")


def _short(value) -> str:
    return str(value).replace(" ", "")


STUDY = Study(
    experiment="Breast cancer: which classifier",
    note="Five families of classifiers on the same splits.\n\n"
    "Each configuration has five seeds: group by all params but `seed` to see which is best, and whether it really is.",
    tags={"data": "breast cancer", "team": "diagnostics"},
    steps=list(steps()),
    finish=partial(
        promote_best,
        SCREENING,
        metric="test_accuracy",
        description="Tells **benign from malignant** by the shape of cell nuclei.\n\n"
        "A version is a configuration of the study; the champion screens, the challenger runs beside it.",
        tags={"team": "diagnostics", "data": "breast cancer"},
    ),
)
