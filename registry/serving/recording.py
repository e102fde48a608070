"""The run of a scoring server: its latency, throughput, errors and inputs as metrics, so that drift can be seen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from registry.models import ModelVersion
from registry.serving.front.tally import MOST_COLUMNS, Window
from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.metrics.points import Columns
from runs.models import Experiment, RunStatus
from runs.models.run import USER_TAG
from runs.services.experiments import create_experiment
from runs.services.inputs import log_inputs
from runs.services.runs import create_run, update_run
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue, ResourceAlreadyExists
from trackui.mlflow_api.fields import KeyValue

EXPERIMENT = "Serving"
TAG = "trackui.serving."
# Values of a column of texts whose share is followed; those that come later are "other".
FOLLOWED_VALUES = 8
NOT_IN_KEYS = re.compile(r"[^\w.\- ]+")
# Of a column or a value within the name of a metric, which has 250 at most.
LONGEST_PART = 100


class ServingRun:
    """Created with its tags; each window of figures is one write, which may fail as any write may."""

    def __init__(self, *, experiment: str, name: str, tags: Mapping[str, str], user_name: str, user) -> None:
        self.user = user
        named = {TAG + key: value for key, value in tags.items()} | {USER_TAG: user_name}
        pairs = [KeyValue(key=key, value=value) for key, value in named.items()]
        experiment_id = serving_experiment(experiment, user=user)
        run, _ = create_run(experiment_id, name=name, user_id=user_name, tags=pairs, user=user)
        self.run_id = run.run_id
        self.experiment_id = experiment_id
        self.began = now_ms()
        self.columns = Names()
        self.followed: dict[str, Names] = {}  # the values of each column
        self.unwritten: int | None = None  # the last window without requests that was left out

    def tag(self, **tags: str) -> None:
        log_batch(self.run_id, Batch(tags={TAG + key: value for key, value in tags.items()}), user=self.user)

    def write(self, window: Window, *, seconds: float) -> None:
        """One window of `seconds`: a point a metric, its step the seconds since the start.

        Of windows without requests the first and the last are kept: a line between two others would tell of requests
        that there were not.
        """
        now = now_ms()
        points: dict[str, list[tuple[int, int, float]]] = {}
        if not window.requests and self.unwritten is not None:
            self.unwritten = now
            return
        if window.requests and self.unwritten is not None and self.unwritten > 0:
            for key, value in requests_metrics(Window(), seconds):
                points.setdefault(key, []).append((*self.place(self.unwritten), value))
        for key, value in self.metrics(window, seconds):
            points.setdefault(key, []).append((*self.place(now), value))
        self.log(points)
        self.unwritten = None if window.requests else 0

    def note_version(self, version: ModelVersion) -> None:
        """A step in the lines: from here on another version answers. Its logged model is one that the run read."""
        self.log({"model_version": [(*self.place(now_ms()), float(version.version))]})
        if version.model_id:
            log_inputs(self.run_id, datasets=[], model_ids=[version.model_id], user=self.user)

    def end(self, status: RunStatus) -> None:
        update_run(self.run_id, status=status, end_time=now_ms(), user=self.user)

    def place(self, moment: int) -> tuple[int, int]:
        return (moment - self.began) // 1000, moment

    def metrics(self, window: Window, seconds: float) -> Iterator[tuple[str, float]]:
        yield from requests_metrics(window, seconds)
        if window.requests:
            yield from latency_metrics(window)
        for column, found in window.columns.items():
            if column in self.columns or len(self.columns) < MOST_COLUMNS:
                for name, value in self.column_metrics(column, found):
                    yield f"inputs/{self.columns.of(column)}/{name}", value

    def column_metrics(self, column: str, found: dict) -> Iterator[tuple[str, float]]:
        count, missing = found.get("count", 0), found.get("missing", 0)
        if not count:
            return
        yield "missing", missing / count
        for name in ("mean", "min", "max"):
            if name in found:
                yield name, found[name]
        if "m2" in found:
            yield "std", math.sqrt(found["m2"] / found["numbers"])
        if found.get("values"):
            yield from self.shares(column, found["values"], count - missing)

    def shares(self, column: str, values: Mapping[str, int], present: int) -> Iterator[tuple[str, float]]:
        """Which values are followed is decided by the first windows that have them."""
        followed = self.followed.setdefault(column, Names())
        for value in sorted(values, key=values.__getitem__, reverse=True):
            if len(followed) < FOLLOWED_VALUES:
                followed.of(value)
        for value, name in followed.items():
            yield f"share/{name}", values.get(value, 0) / present
        others = present - sum(values.get(value, 0) for value in followed)
        yield "share_others", others / present

    def log(self, points: Mapping[str, list[tuple[int, int, float]]]) -> None:
        """One write: all of it or nothing, so that a window that is given back is not counted twice."""
        columns = {key: Columns(*map(list, zip(*of_key, strict=True))) for key, of_key in points.items()}
        log_batch(self.run_id, Batch(points=columns), user=self.user)


class Names(dict[str, str]):
    """A part of a metric's name for each text that is asked for: of texts that come to the same, each its own."""

    def of(self, text: str) -> str:
        if text not in self:
            name = part = metric_key(text)
            number = 1
            while name in self.values():
                number += 1
                name = f"{part} {number}"
            self[text] = name
        return self[text]


def serving_experiment(name: str, *, user) -> str:
    """The id of the experiment of this name, made where there is none."""
    try:
        return create_experiment(name, user=user).experiment_id
    except ResourceAlreadyExists:
        experiment = Experiment.objects.visible_to(user).filter(name=name).first()
        if experiment is None or not experiment.is_active:
            raise InvalidParameterValue(f"The experiment '{name}' is archived: restore it, or name another.") from None
        return experiment.experiment_id


def requests_metrics(window: Window, seconds: float) -> Iterator[tuple[str, float]]:
    yield "requests/count", float(window.requests)
    yield "requests/per_second", window.requests / seconds
    yield "requests/rows", float(window.rows)
    yield "errors/4xx", float(window.refused)
    yield "errors/5xx", float(window.failed)


def latency_metrics(window: Window) -> Iterator[tuple[str, float]]:
    yield "latency_ms/mean", window.milliseconds / window.requests
    for percent in (50, 95, 99):
        yield f"latency_ms/p{percent}", window.percentile(percent / 100)
    yield "latency_ms/max", window.slowest


def metric_key(text: str) -> str:
    """What of a text may stand in the name of a metric."""
    part = NOT_IN_KEYS.sub("_", text)[:LONGEST_PART].strip().replace("..", "_")
    return part if part.strip(".") else "_"
