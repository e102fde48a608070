"""A log-batch payload, checked and turned into plain tuples."""

import math
import re
from collections.abc import Sequence
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
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.fields import INT64_MAX, INT64_MIN, KeyValue, Request, invalid

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

    points: Sequence[tuple[str, int, int, float, bool]] = ()  # key, step, timestamp, value, is_nan
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    model_points: Sequence[ModelPoint] = ()


def check_batch(payload: BatchPayload) -> Batch:
    """Check sizes and every item; an error names the item, `metrics[0].timestamp`."""
    check_batch_size(len(payload.metrics), len(payload.params), len(payload.tags))
    points, model_points = check_metrics(payload.metrics)
    return Batch(points, check_params(payload.params), check_tags(payload.tags), model_points)


def check_metrics(items: Sequence[MetricItem], path: str = "metrics[{}].") -> tuple[list, list[ModelPoint]]:
    points = []
    model_points = []
    names = set()
    for index, item in enumerate(items):
        if item.key not in names:
            check_key(item.key, path.format(index) + "name", "Metric name")
            names.add(item.key)
        timestamp, step, value = item.timestamp, item.step, item.value
        if not 0 <= timestamp <= INT64_MAX:
            reason = "A timestamp must be a non-negative 64-bit integer of milliseconds since the epoch."
            raise invalid(path.format(index) + "timestamp", timestamp, reason)
        if not INT64_MIN <= step <= INT64_MAX:
            raise invalid(path.format(index) + "step", step, "A step must be a 64-bit integer.")
        is_nan = value != value
        # Databases cannot order NaN: store 0 and a flag, as MLflow does.
        stored = 0.0 if is_nan else value
        points.append((item.key, step, timestamp, stored, is_nan))
        if item.model_id:
            check_length("dataset_name", item.dataset_name, MAX_DATASET_NAME_LENGTH)
            check_length("dataset_digest", item.dataset_digest, MAX_DATASET_DIGEST_LENGTH)
            model_points.append(
                ModelPoint(
                    item.model_id, item.key, step, timestamp, stored, is_nan, item.dataset_name, item.dataset_digest
                )
            )
    return points, model_points


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
