"""Data sets that scikit-learn ships, split by a seed and known to MLflow as inputs."""

from dataclasses import dataclass
from functools import cache

import mlflow
import pandas as pd
from mlflow.data.pandas_dataset import PandasDataset
from sklearn import datasets
from sklearn.model_selection import train_test_split

LOADERS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
}
HELD_OUT = 0.25


@dataclass(frozen=True, eq=False)
class Split:
    name: str
    classes: list[str]  # none for a regression
    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series
    training: PandasDataset
    test: PandasDataset

    def log(self) -> None:
        """As inputs of the active run."""
        mlflow.log_input(self.training, context="training")
        mlflow.log_input(self.test, context="test")


@cache
def split(name: str, *, seed: int) -> Split:
    bunch = LOADERS[name](as_frame=True)
    classes = [str(label) for label in getattr(bunch, "target_names", [])]
    parts = train_test_split(
        bunch.data, bunch.target, test_size=HELD_OUT, random_state=seed, stratify=bunch.target if classes else None
    )
    X_train, X_test, y_train, y_test = parts
    return Split(
        name,
        classes,
        *parts,
        training=_dataset(f"{name}, training", X_train, y_train),
        test=_dataset(f"{name}, held out", X_test, y_test),
    )


def _dataset(name: str, X: pd.DataFrame, y: pd.Series) -> PandasDataset:
    frame = X.assign(target=y)
    return mlflow.data.from_pandas(
        frame, source="https://scikit-learn.org/stable/datasets", targets="target", name=name
    )
