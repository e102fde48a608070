"""The points of one metric of one run, a page after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from runs.metrics.history import KEY_ID
from trackui.db import fetch_all


class StepPoint(NamedTuple):
    """`is_nan` beside the value: the position after this point is all four as stored."""

    step: int
    timestamp: int
    value: float
    is_nan: bool

    @property
    def double(self) -> float:
        return math.nan if self.is_nan else self.value


def points_after(run_pk: int, key: str, position: Sequence | None, *, limit: int) -> list[StepPoint]:
    """Points ascending by (step, timestamp, value), from the first or after `position` on.

    One statement that reads a range of the primary key: the last page costs what the first one does.
    """
    where, params = "", [run_pk, key]
    if position is not None:
        where = " AND (step, timestamp, value, is_nan) > (%s, %s, %s, %s)"
        params += position
    rows = fetch_all(
        "SELECT step, timestamp, value, is_nan FROM runs_metricpoint"
        f" WHERE run_id = %s AND key_id = {KEY_ID}{where}"
        " ORDER BY step, timestamp, value, is_nan LIMIT %s",
        [*params, limit],
    )
    return [StepPoint(step, timestamp, value, bool(is_nan)) for step, timestamp, value, is_nan in rows]
