"""Pieces of the group table: heads, rows, and what a metric of a group comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.metrics.direction import DirectionOfMetric
from runs.models import Run
from runs.queries.baseline import Delta
from runs.queries.group_bars import Axis, Bar
from runs.queries.group_codes import FieldValues
from runs.queries.grouping import GroupedRuns
from runs.queries.run_columns import Column
from runs.queries.run_rows import RunRows
from runs.search.identifiers import LAST
from runs.statistics.describe import FEW, Description

LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class MetricHead:
    """`decimals`: what the figures of the page share, `spread_decimals` those of their spreads. `axis`: that of the
    drawings, where they are drawn; `band`: the interval of the reference, else of the best group, to stand behind all.
    """

    column: Column
    direction: DirectionOfMetric
    is_full: bool = False
    decimals: int = 0
    spread_decimals: int = 0
    axis: Axis | None = None
    band: Bar | None = None
    is_measured: bool = False

    @property
    def how(self) -> str:
        return "" if self.column.stat == LAST else self.column.stat


@dataclass(frozen=True, slots=True)
class GroupCell:
    """A metric of a group. `best` and `worst`: runs, by the direction; without one the highest and the lowest.

    `delta`: of the mean, from the reference; `change` the same in percent, `tone` whether that is good or bad.
    """

    found: Description
    best: Run | None = None
    worst: Run | None = None
    best_value: float | None = None
    worst_value: float | None = None
    is_best: bool = False
    delta: Delta | None = None
    change: str = ""
    tone: str = ""
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class GroupValue:
    text: str | None
    full: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    group: int
    key: str
    label: str
    size: int
    values: list[GroupValue]
    cells: list[GroupCell]
    runs: RunRows | None = None
    is_reference: bool = False

    @property
    def is_few(self) -> bool:
        return self.size < FEW


def best_mean(direction: DirectionOfMetric, found: Sequence[Description]) -> float | None:
    """The best of several means that are not all alike; None without a direction."""
    means = {one.mean for one in found if one.mean is not None}
    if not direction.direction or len(means) < 2:
        return None
    return max(means) if direction.higher_is_better else min(means)


def tone_of(moved: Delta | None, direction: DirectionOfMetric) -> str:
    if moved is None or not moved.absolute or not direction.direction:
        return ""
    return "good" if (moved.absolute > 0) == direction.higher_is_better else "bad"


def shown_value(grouped: GroupedRuns, field: FieldValues, group: int) -> GroupValue:
    text = grouped.value(field, group)
    if text is None or (len(text) <= LONGEST_VALUE and "\n" not in text):
        return GroupValue(text)
    return GroupValue(" ".join(text[: 2 * LONGEST_VALUE].split())[:LONGEST_VALUE] + "…", text)
