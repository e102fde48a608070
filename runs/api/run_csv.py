"""Runs as CSV: one row a run, one column an attribute, param, metric or tag."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from runs.api.fields import json_number
from runs.models import KeyKind
from runs.queries.experiment_keys import logged_names
from runs.queries.run_summaries import MetricNumbers, RunSummary
from trackui.errors import InvalidParameterValue, shorten

MAX_COLUMNS = 2000
ATTRIBUTES: dict[str, Callable[[RunSummary], object]] = {
    "run_id": lambda row: row.run.run_id,
    "experiment_id": lambda row: row.run.experiment_id,
    "experiment_name": lambda row: row.run.experiment.name,
    "name": lambda row: row.run.name,
    "status": lambda row: row.run.status,
    "user_id": lambda row: row.run.user_id,
    "start_time": lambda row: row.run.start_time,
    "end_time": lambda row: row.run.end_time,
    "duration": lambda row: row.run.duration,
    "lifecycle_stage": lambda row: row.run.lifecycle_stage,
    "note": lambda row: row.note,
}
# Set by clients without being asked.
OWN_TAG = re.compile(r"mlflow\.")


class Column(NamedTuple):
    title: str
    value: Callable[[RunSummary], object]


def run_columns(experiments: Sequence[int], asked: str) -> list[Column]:
    """The columns asked for, or all there are. One statement."""
    names = logged_names(experiments)
    metrics = set(names[KeyKind.METRIC])
    if asked:
        titles = [title.strip() for title in asked.split(",")]
        if len(titles) > MAX_COLUMNS:
            raise InvalidParameterValue(f"'columns' can name at most {MAX_COLUMNS} columns.")
        return [column(title, metrics) for title in titles]
    return [
        *(Column(title, value) for title, value in ATTRIBUTES.items()),
        *(Column(f"params.{name}", param(name)) for name in names[KeyKind.PARAM]),
        *(Column(f"metrics.{name}", metric(name, "last")) for name in names[KeyKind.METRIC]),
        *(Column(f"tags.{name}", tag(name)) for name in names[KeyKind.TAG] if not OWN_TAG.match(name)),
    ]


def run_table(rows: Iterable[RunSummary], columns: Sequence[Column]) -> Iterator[list]:
    """The header, then a row a run."""
    yield [column.title for column in columns]
    for row in rows:
        yield [column.value(row) for column in columns]


def column(title: str, metrics: set[str]) -> Column:
    """`metrics.loss.min` is the metric "loss.min" where there is one, as in filters."""
    entity, _, name = title.partition(".")
    if title in ATTRIBUTES:
        return Column(title, ATTRIBUTES[title])
    if entity == "params" and name:
        return Column(title, param(name))
    if entity == "tags" and name:
        return Column(title, tag(name))
    if entity == "metrics" and name:
        key, _, figure = name.rpartition(".")
        if name not in metrics and key and figure in MetricNumbers._fields:
            return Column(title, metric(key, figure))
        return Column(title, metric(name, "last"))
    raise InvalidParameterValue(
        f"Unknown column '{shorten(title, 100)}'. There are {', '.join(ATTRIBUTES)}, and params.…, metrics.…, tags.…."
    )


def param(name: str) -> Callable[[RunSummary], str | None]:
    return lambda row: row.params.get(name)


def tag(name: str) -> Callable[[RunSummary], str | None]:
    return lambda row: row.tags.get(name)


def metric(name: str, figure: str) -> Callable[[RunSummary], float | str | None]:
    position = MetricNumbers._fields.index(figure)
    return lambda row: json_number(row.metrics[name][position]) if name in row.metrics else None
