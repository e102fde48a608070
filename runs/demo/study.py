"""A study: an experiment, what it is about, and the runs that fill it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mlflow


@dataclass(frozen=True)
class Study:
    """Each of `steps` logs one run, or one run with its children, into the experiment that is set.

    `finish`: what is done with their models once all have ended.
    """

    experiment: str
    note: str
    tags: dict[str, str]
    steps: Sequence[Callable[[], None]]
    finish: Callable[[], None] | None = None

    def begin(self) -> None:
        mlflow.set_experiment(self.experiment)
        mlflow.set_experiment_tags({"mlflow.note.content": self.note, **self.tags})
