"""Networks trained step by step on pictures of digits: curves, pictures, and what can go wrong."""

import time
import traceback
from functools import partial
from itertools import product

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.utils.validation import MAX_METRICS_PER_BATCH
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from runs.demo import figures
from runs.demo.datasets import Split, split
from runs.demo.models import log_model
from runs.demo.study import Study

EPOCHS = 30
BRIGHTEST = 16
LABELS = np.arange(10)


def steps():
    for rate, batch, seed in product([0.0003, 0.003, 0.03], [32, 128], [0, 1]):
        yield partial(train_network, rate, batch, seed)
    for alpha in (1e-5, 1e-3, 1e-1):
        yield partial(train_linear_model, alpha)
    yield long_training
    yield diverging_training
    yield failing_training
    yield unfinished_training


def train_network(rate: float, batch: int, seed: int) -> None:
    data = split("digits", seed=seed)
    network = MLPClassifier((48,), learning_rate_init=rate, batch_size=batch, random_state=seed)

    with mlflow.start_run(run_name=f"mlp lr={rate} batch={batch}"):
        _describe(data, family="mlp", learning_rate=rate, batch_size=batch, hidden=48, epochs=EPOCHS, seed=seed)
        for epoch in range(EPOCHS):
            network.partial_fit(data.X_train / BRIGHTEST, data.y_train, classes=LABELS)
            mlflow.log_metrics(_epoch_scores(network, data), step=epoch)
        if seed == 0:
            _log_errors(network, data, step=EPOCHS)
            log_model(network, data)


def train_linear_model(alpha: float) -> None:
    data = split("digits", seed=0)
    model = SGDClassifier(loss="log_loss", alpha=alpha, random_state=0)

    with mlflow.start_run(run_name=f"sgd alpha={alpha}"):
        _describe(data, family="linear, sgd", alpha=alpha, epochs=EPOCHS, seed=0)
        for epoch in range(EPOCHS):
            model.partial_fit(data.X_train / BRIGHTEST, data.y_train, classes=LABELS)
            mlflow.log_metrics(_epoch_scores(model, data), step=epoch)
            if epoch % 10 == 0:
                _log_weights(model, step=epoch)
        _log_errors(model, data, step=EPOCHS)


def long_training(count: int = 4000) -> None:
    """A point for each batch of sixteen pictures, sent a thousand at a time."""
    data = split("digits", seed=0)
    X, y = (data.X_train / BRIGHTEST).to_numpy(), data.y_train.to_numpy()
    network = MLPClassifier((32,), batch_size=16, learning_rate_init=0.0005, random_state=0)
    choose = np.random.default_rng(0)
    client, points = MlflowClient(), []

    with mlflow.start_run(run_name=f"mlp, {count} batches") as run:
        _describe(data, family="mlp", learning_rate=0.0005, batch_size=16, hidden=32, batches=count, seed=0)
        for step in range(count):
            batch = choose.choice(len(X), 16, replace=False)
            network.partial_fit(X[batch], y[batch], classes=LABELS)
            points.append(Metric("batch_loss", network.loss_, int(time.time() * 1000), step))
            if len(points) == MAX_METRICS_PER_BATCH:
                client.log_batch(run.info.run_id, metrics=points)
                mlflow.log_metrics(_epoch_scores(network, data), step=step)
                points = []


def diverging_training() -> None:
    """Weights that double until they are no numbers any more."""
    data = split("digits", seed=0)
    X, y = (data.X_train / BRIGHTEST).to_numpy(), data.y_train.to_numpy()
    centred = X - X.mean(axis=0)
    weights = np.zeros((X.shape[1], 10))
    targets = np.eye(10)[y]

    with mlflow.start_run(run_name="least squares, too fast"), np.errstate(over="ignore", invalid="ignore"):
        _describe(data, family="least squares", learning_rate=8.0, seed=0)
        mlflow.set_tag(
            "mlflow.note.content", "The step is **too long**: the loss grows without end, and is `NaN` at last."
        )
        for step in range(600):
            residual = centred @ weights - targets
            mlflow.log_metric("train_loss", float((residual**2).mean()), step=step, synchronous=False)
            weights = weights - 8.0 * centred.T @ residual / len(X)


def failing_training() -> None:
    """A mistake that people make: a class that the first call did not name."""
    data = split("digits", seed=0)
    network = MLPClassifier((16,), random_state=0)
    few = data.y_train < 5

    try:
        with mlflow.start_run(run_name="mlp, unknown class"):
            _describe(data, family="mlp", hidden=16, seed=0)
            for epoch in range(5):
                network.partial_fit(data.X_train[few], data.y_train[few], classes=np.arange(5))
                mlflow.log_metric("train_loss", network.loss_, step=epoch)
            try:
                network.partial_fit(data.X_train, data.y_train)
            except ValueError:
                mlflow.log_text(traceback.format_exc(), "traceback.txt")
                raise
    except ValueError:
        pass  # it is logged: this run is to end as FAILED


def unfinished_training() -> None:
    """A run that nobody has ended: its process is still busy, or was killed."""
    data = split("digits", seed=1)
    network = MLPClassifier((96, 48), learning_rate_init=0.001, random_state=1)
    client = MlflowClient()
    experiment = mlflow.get_experiment_by_name(STUDY.experiment)
    run = client.create_run(experiment.experiment_id, run_name="mlp, still training", tags={"family": "mlp"})

    for key, value in {"family": "mlp", "learning_rate": 0.001, "hidden": "(96, 48)", "epochs": 200, "seed": 1}.items():
        client.log_param(run.info.run_id, key, value)
    for epoch in range(12):
        network.partial_fit(data.X_train / BRIGHTEST, data.y_train, classes=LABELS)
        for key, value in _epoch_scores(network, data).items():
            client.log_metric(run.info.run_id, key, value, step=epoch)


def _describe(data: Split, *, family: str, **params) -> None:
    mlflow.log_params({"family": family, **params})
    mlflow.set_tags({"family": family, "team": "vision"})
    data.log()


def _epoch_scores(model, data: Split) -> dict[str, float]:
    train = model.predict_proba(data.X_train / BRIGHTEST)
    test = model.predict_proba(data.X_test / BRIGHTEST)
    return {
        "train_loss": log_loss(data.y_train, train, labels=LABELS),
        "val_loss": log_loss(data.y_test, test, labels=LABELS),
        "val_accuracy": float((test.argmax(axis=1) == data.y_test).mean()),
    }


def _log_errors(model, data: Split, *, step: int) -> None:
    """What the trained model takes for something else, as table and pictures."""
    predicted = model.predict(data.X_test / BRIGHTEST)
    wrong = np.flatnonzero(predicted != data.y_test)
    mlflow.log_figure(figures.confusion_matrix(data.y_test, predicted, data.classes), "plots/confusion_matrix.png")
    mlflow.log_table({"row": wrong, "true": data.y_test.iloc[wrong], "predicted": predicted[wrong]}, "errors.json")
    for row in wrong[:3]:
        pixels = data.X_test.iloc[row].to_numpy().reshape(8, 8) / BRIGHTEST
        picture = np.kron(pixels, np.ones((16, 16)))
        mlflow.log_image(picture, key=f"{data.y_test.iloc[row]} taken for {predicted[row]}", step=step)


def _log_weights(model: SGDClassifier, *, step: int) -> None:
    """The weights of the zero as a picture, light where ink speaks for it."""
    weights = model.coef_[0].reshape(8, 8)
    scaled = (weights - weights.min()) / (np.ptp(weights) or 1)
    mlflow.log_image(np.kron(scaled, np.ones((12, 12))), key="weights of zero", step=step)


STUDY = Study(
    experiment="Digits: training step by step",
    note="Networks and linear models on 8 × 8 pictures of digits, with a point for each epoch. One training is long, "
    "one diverges, one fails, and one is still going on.",
    tags={"data": "digits", "team": "vision"},
    steps=list(steps()),
)
