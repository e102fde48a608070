"""What a comparison is made of: sections of rows of cells, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from runs.metrics.direction import DirectionOfMetric
from runs.queries.comparison_cells import Cell, metric_cells
from runs.queries.comparison_data import ComparedRun
from runs.queries.run_metrics import page_key


@dataclass(frozen=True)
class Row:
    """`label`, `depth`: how it is written below the heads of a tree."""

    is_head: ClassVar[bool] = False

    key: str
    cells: tuple[Cell, ...]
    differs: bool
    label: str = ""
    depth: int = 0


@dataclass(frozen=True)
class MetricRow:
    """A metric as a row: its cells are written when they are asked for, as there can be thousands of rows.

    `values`: what stands for each run; `best`: the best of them, None where no direction is known or nothing is better
    than anything. `points`, `nan_count` are of all runs, `longest` of the run that has most points.
    """

    is_head: ClassVar[bool] = False

    key: str
    values: tuple[float | None, ...]
    best: float | None
    differs: bool
    direction: DirectionOfMetric
    points: int
    nan_count: int
    longest: int
    label: str = ""
    depth: int = 0

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return metric_cells(self.values, self.best, self.direction)

    @property
    def has_line(self) -> bool:
        """Some run has more than one point of this metric."""
        return self.longest > 1

    @property
    def page_key(self) -> str:
        return page_key(self.key)


@dataclass(frozen=True)
class Section:
    """`rows` are those shown, `total` all there are; `hidden` match the filter but are past the limit.

    `tree`: the rows shown under heads for what their keys share.
    """

    name: str
    title: str
    rows: tuple[Row | MetricRow, ...]
    total: int
    differing: int
    hidden: int
    tree: tuple = ()

    @property
    def is_metrics(self) -> bool:
        return self.name in ("metrics", "system")


@dataclass(frozen=True)
class Change:
    """From the reference to another run; None where one of them has nothing. `said`: words instead of both values."""

    key: str
    before: str | None
    after: str | None
    change: str = ""
    tone: str = ""
    href: str = ""
    said: str = ""


@dataclass(frozen=True)
class Sentence:
    """What changed from the reference to one run, in the order people ask: settings, code, outcome, pace.

    `over_seeds`: what the like of both, which differ by their seeds alone, say of it; `seeds_page`: where they say
    more.
    """

    run: ComparedRun
    params: tuple[Change, ...]
    more_params: int
    code: tuple[Change, ...]
    metrics: tuple[Change, ...]
    pace: str
    over_seeds: str = ""
    seeds_page: str = ""

    @property
    def is_same(self) -> bool:
        return not (self.params or self.code or self.metrics or self.pace)


@dataclass(frozen=True)
class Best:
    """The run with the best value of a metric, among many."""

    key: str
    run: ComparedRun
    text: str
    direction: DirectionOfMetric


@dataclass(frozen=True)
class Spread:
    """How many values a param has among many runs, and which where they are few."""

    key: str
    values: tuple[str, ...]
    count: int
