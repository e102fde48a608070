"""A log-batch payload, checked and turned into plain tuples."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from runs.ingest.limits import (
    MAX_DATASET_DIGEST_LENGTH,
    MAX_DATASET_NAME_LENGTH,
    MAX_PARAM_VAL_LENGTH,
    MAX_TAG_VAL_LENGTH,
    check_batch_size,
    check_key,
    check_length,
)
from runs.metrics.points import Columns
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.fields import KeyValue, Request, invalid

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class MetricItem(Request, gc=False):
    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class BatchPayload(Request):
    run_id: str
    metrics: list[MetricItem] = []
    params: list[KeyValue] = []
    tags: list[KeyValue] = []


class ModelPoint(NamedTuple):
    """A point that belongs to a logged model too."""

    model_id: str
    key: str
    step: int
    timestamp: int
    value: float
    is_nan: bool
    dataset_name: str
    dataset_digest: str


class Batch(NamedTuple):
    """What one request adds to a run; all names and values are within their limits."""

    points: Mapping[str, Columns] = {}
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    model_points: Sequence[ModelPoint] = ()


def check_batch(payload: BatchPayload) -> Batch:
    """Check sizes and every item; an error names the item, `metrics[0].timestamp`."""
    check_batch_size(len(payload.metrics), len(payload.params), len(payload.tags))
    points, model_points = check_metrics(payload.metrics)
    return Batch(points, check_params(payload.params), check_tags(payload.tags), model_points)


def check_metrics(
    items: Sequence[MetricItem], path: str = "metrics[{}]."
) -> tuple[dict[str, Columns], list[ModelPoint]]:
    """The points by key, in the order they came."""
    by_key: dict[str, list[MetricItem]] = {}
    for index, item in enumerate(items):
        alike = by_key.get(item.key)
        if alike is None:
            check_key(item.key, path.format(index) + "name", "Metric name")
            alike = by_key[item.key] = []
        alike.append(item)
    points = {
        key: Columns([item.step for item in alike], [item.timestamp for item in alike], [item.value for item in alike])
        for key, alike in by_key.items()
    }
    if any(min(columns.timestamps) < 0 for columns in points.values()):
        raise _negative_timestamp(items, path)
    return points, [_model_point(item) for item in items if item.model_id]


def _negative_timestamp(items: Sequence[MetricItem], path: str) -> InvalidParameterValue:
    index, timestamp = next((i, item.timestamp) for i, item in enumerate(items) if item.timestamp < 0)
    reason = "A timestamp must be a non-negative 64-bit integer of milliseconds since the epoch."
    return invalid(path.format(index) + "timestamp", timestamp, reason)


def _model_point(item: MetricItem) -> ModelPoint:
    check_length("dataset_name", item.dataset_name, MAX_DATASET_NAME_LENGTH)
    check_length("dataset_digest", item.dataset_digest, MAX_DATASET_DIGEST_LENGTH)
    is_nan = math.isnan(item.value)
    # Databases cannot order NaN: store 0 and a flag, as MLflow does.
    value = 0.0 if is_nan else item.value
    return ModelPoint(
        item.model_id, item.key, item.step, item.timestamp, value, is_nan, item.dataset_name, item.dataset_digest
    )


def check_params(items: Sequence[KeyValue], path: str = "params[{}].") -> dict[str, str]:
    params = {
        check_key(item.key, path.format(index) + "key", "Param key"): item.value[:MAX_PARAM_VAL_LENGTH]
        for index, item in enumerate(items)
    }
    if len(params) < len(items):
        keys = [item.key for item in items]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise InvalidParameterValue(
            f"Duplicate parameter keys have been submitted: {shorten(twice)}. "
            "A request can hold one value per param key."
        )
    return params


def check_tags(items: Sequence[KeyValue], path: str = "tags[{}].") -> dict[str, str]:
    """Of a key that comes twice the last value counts."""
    return {
        check_key(item.key, path.format(index) + "key", path.format(index) + "key"): item.value[:MAX_TAG_VAL_LENGTH]
        for index, item in enumerate(items)
    }


def number_in(text: str) -> float | None:
    """The finite double a param's text reads as, if it does."""
    if not text or len(text) > 400 or not _DECIMAL.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None
