"""Which params explain a metric: the runs, the numbers and the params that the question is about."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np

from runs.importance.features import Feature, Sorted, sort_out
from runs.importance.forest import FEWEST_RUNS
from runs.models import KeyKind
from runs.queries.categories import NOT_SET, categories
from runs.queries.run_columns import Column, KeyUse, key_uses
from runs.queries.value_columns import ValueColumn, value_columns
from trackui.formats import count

MOST_PARAMS = 40
# So many values are read for a page; of more only a job reads them.
MOST_VALUES = 200_000
# A forest over so few runs is a matter of seconds, and need not be asked for.
FEW_RUNS = 2_000
# Changes when the same data give other results.
VERSION = 1


@dataclass(frozen=True)
class Question:
    """`pks`: runs that have the metric as a finite number, `y`. `params`: the most used of the experiment."""

    experiment_id: int
    target: Column
    label: str
    pks: np.ndarray
    y: np.ndarray
    params: list[KeyUse]
    left_out: tuple[str, ...] = field(default=())

    @property
    def problem(self) -> str:
        """Why no forest can answer it; empty where one can."""
        if len(self.pks) < FEWEST_RUNS:
            return (
                f"A forest needs {FEWEST_RUNS} runs with a number for {self.label}, and here"
                f" {'is' if len(self.pks) == 1 else 'are'} {count(len(self.pks))}."
            )
        if self.y.min() == self.y.max():
            return f"{self.label} is the same in all {count(len(self.pks))} runs: there is nothing to explain."
        if not self.params:
            return "No params were logged here."
        return ""

    @property
    def is_small(self) -> bool:
        return len(self.pks) <= FEW_RUNS

    @property
    def is_readable(self) -> bool:
        """Whether a page can read all params too."""
        return len(self.pks) * len(self.params) <= MOST_VALUES

    @cached_property
    def fingerprint(self) -> str:
        """Of the runs and their numbers. Params of a run do not change, and new ones change how many runs have them."""
        digest = sha256(f"{VERSION} {self.experiment_id} {self.target.spec}".encode())
        for array in (self.pks, self.y):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(repr([(use.key_id, use.run_count) for use in self.params]).encode())
        return digest.hexdigest()

    @cached_property
    def features(self) -> Sorted:
        """A statement a param."""
        columns = [Column(KeyKind.PARAM, use.name, "", use.key_id) for use in self.params]
        return sort_out([feature_of(column) for column in value_columns(self.pks.tolist(), columns)])

    @property
    def arguments(self) -> dict:
        """Of the job: all that it needs to ask the same."""
        return {"experiment_id": self.experiment_id, "spec": self.target.spec, "runs": packed(self.pks)}


def question(experiment_id: int, pks: Sequence[int], target: ValueColumn, *, left_out: Sequence[str] = ()) -> Question:
    """One statement."""
    usable = target.is_finite
    return Question(
        experiment_id=experiment_id,
        target=target.column,
        label=target.label,
        pks=np.array(pks, dtype="i8")[usable],
        y=target.numbers[usable],
        params=key_uses(experiment_id, kind=KeyKind.PARAM, at_most=MOST_PARAMS),
        left_out=tuple(left_out),
    )


def feature_of(column: ValueColumn) -> Feature:
    if column.is_numeric:
        return Feature(column.spec, column.label, np.where(column.is_finite, column.numbers, np.nan))
    found = categories(column, with_unset=True)
    return Feature(column.spec, column.label, found.at.astype("f8"), found.names or (NOT_SET,))


def packed(pks: np.ndarray) -> str:
    """Ids as text, about a byte each where they are near each other."""
    return base64.b64encode(zlib.compress(np.diff(pks, prepend=0).astype("<i8").tobytes())).decode()


def unpacked(text: str) -> np.ndarray:
    return np.cumsum(np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype="<i8"))
