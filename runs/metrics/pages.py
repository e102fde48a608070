"""The points of one metric of one run, a page after the other, each from where the last one ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from runs.keys import key_ids
from runs.metrics.merging import POINTS_A_READING, clusters, cut, merged
from runs.metrics.orders import Order, before
from runs.metrics.stored import LEAST, stored_points


class StepPoint(NamedTuple):
    """`is_nan` beside the value, which is then 0: the position after this point is all four."""

    step: int
    timestamp: int
    value: float
    is_nan: bool

    @property
    def double(self) -> float:
        return math.nan if self.is_nan else self.value


def points_after(run_pk: int, key: str, position: Sequence | None, *, limit: int) -> list[StepPoint]:
    """Points ascending by (step, timestamp, value), from the first or after `position` on.

    Reads what is at that step and after it: unsealed points, heads, and the blocks that the page needs.
    """
    key_id = key_ids([key]).get(key)
    if key_id is None:
        return []
    found = stored_points([run_pk], key_id, first_step=LEAST if position is None else position[0])
    in_order = (cluster for stored in found.values() for cluster in clusters(stored, Order.BY_STEP))
    pieces = merged(in_order, key_id, Order.BY_STEP, at_once=min(limit, POINTS_A_READING))
    if position is not None:
        after = StepPoint(*position)
        pieces = ((run, line.at(~up_to(line, after))) for run, line in pieces)
    return [StepPoint(*point) for _, line in cut(pieces, 0, limit) for point in Order.BY_STEP.points(line)]


def up_to(line, position: StepPoint) -> np.ndarray:
    columns = Order.BY_STEP.columns(line)
    is_it = np.logical_and.reduce([column == bound for column, bound in zip(columns, position, strict=True)])
    return before(columns, position) | is_it
