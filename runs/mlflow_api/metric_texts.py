"""Points as the JSON of the protocol, from columns, a few thousand objects at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

import msgspec
import numpy as np

from runs.metrics.codec import Line
from runs.metrics.merging import Piece
from runs.mlflow_api.payloads import MAX_DOUBLE
from trackui.mlflow_api.views import encode

POINTS_A_TEXT = 8_192


class MetricAnswer(msgspec.Struct, gc=False):
    key: str
    value: float | str
    timestamp: int
    step: int


class RunMetricAnswer(MetricAnswer, gc=False):
    run_id: str


def metric_texts(line: Line, key: str, *, run_id: str | None = None) -> Iterator[bytes]:
    """The points as items of a list, in pieces: without brackets, and without a comma between pieces."""
    for start in range(0, len(line), POINTS_A_TEXT):
        steps, timestamps, values = line.at(slice(start, start + POINTS_A_TEXT))
        columns: list[Iterable] = [repeat(key), doubles(values), timestamps.tolist(), steps.tolist()]
        if run_id is None:
            answers = map(MetricAnswer, *columns)
        else:
            answers = map(RunMetricAnswer, *columns, repeat(run_id))
        yield encode(list(answers))[1:-1]


def doubles(values: np.ndarray) -> list[float | str]:
    """As `payloads.double` prints them one by one."""
    printed = np.clip(values, -MAX_DOUBLE, MAX_DOUBLE).tolist()
    for position in np.flatnonzero(np.isnan(values)).tolist():
        printed[position] = "NaN"
    return printed


def metric_list(key: str, lines: Iterable[Line]) -> msgspec.Raw:
    """A list of points, made already."""
    return _list(text for line in lines for text in metric_texts(line, key))


def run_metric_list(key: str, pieces: Iterable[Piece], run_ids: Mapping[int, str]) -> msgspec.Raw:
    """The same of many runs; `run_ids` by primary key."""
    return _list(text for run_pk, line in pieces for text in metric_texts(line, key, run_id=run_ids[run_pk]))


def _list(texts: Iterable[bytes]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(texts) + b"]")


def history_texts(key: str, lines: Iterable[Line]) -> Iterator[bytes]:
    """A whole answer in pieces, as they are asked for."""
    before = b'{"metrics":['
    for line in lines:
        for text in metric_texts(line, key):
            yield before + text
            before = b","
    yield b"]}" if before == b"," else b"{}"
