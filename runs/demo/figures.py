"""Plots that runs keep as artifacts."""

import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, PrecisionRecallDisplay, RocCurveDisplay

SIZE = (5.2, 4.2)


def confusion_matrix(y_true, y_pred, classes: list[str]) -> Figure:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y_true, y_pred, display_labels=classes, ax=axes, cmap="Blues", colorbar=False, xticks_rotation=45
    )
    axes.set_title("Confusion matrix, held-out data")
    return figure


def roc_curve(y_true, scores) -> Figure:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    RocCurveDisplay.from_predictions(y_true, scores, ax=axes, plot_chance_level=True)
    axes.set_title("ROC, held-out data")
    return figure


def precision_recall(y_true, scores) -> Figure:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    PrecisionRecallDisplay.from_predictions(y_true, scores, ax=axes)
    axes.set_title("Precision and recall, held-out data")
    return figure


def residuals(y_true, y_pred) -> Figure:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.scatter(y_pred, np.asarray(y_true) - y_pred, s=14, alpha=0.7)
    axes.axhline(0, color="grey", linewidth=1)
    axes.set(title="Residuals, held-out data", xlabel="predicted", ylabel="true − predicted")
    return figure


def bars(values: dict[str, float], title: str) -> Figure:
    """The twelve largest by size."""
    largest = sorted(values.items(), key=lambda item: abs(item[1]))[-12:]
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.barh([name for name, _ in largest], [value for _, value in largest])
    axes.set_title(title)
    return figure


def heat_map(table, *, title: str) -> Figure:
    """A table of scores: rows and columns are two params of a search."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(table.to_numpy(), cmap="viridis")
    axes.set(title=title, xlabel=table.columns.name, ylabel=table.index.name)
    axes.set_xticks(range(len(table.columns)), table.columns)
    axes.set_yticks(range(len(table.index)), table.index)
    figure.colorbar(image)
    return figure
