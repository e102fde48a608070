"""What a comparison is made of: sections of rows of cells, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from runs.metrics.direction import DirectionOfMetric
from runs.queries.comparison_data import ComparedRun
from runs.queries.run_metrics import page_key


@dataclass(frozen=True)
class Cell:
    """What one run has in a row. `text` is None where it has nothing; `value` is the number behind a metric's text.

    `change`, `difference`: from the reference, in percent and as it is. `tone`: `up` is better than the reference,
    `down` worse, empty where that is not known. `href`: a page elsewhere that shows what changed.
    """

    text: str | None
    value: float | None = None
    is_changed: bool = False
    is_best: bool = False
    change: str = ""
    difference: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Row:
    """`label`, `depth`: how it is written below the heads of a tree."""

    is_head: ClassVar[bool] = False

    key: str
    cells: tuple[Cell, ...]
    differs: bool
    direction: DirectionOfMetric | None = None
    points: int = 0
    nan_count: int = 0
    longest: int = 0
    label: str = ""
    depth: int = 0

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
    rows: tuple[Row, ...]
    total: int
    differing: int
    hidden: int
    tree: tuple = ()

    @property
    def is_metrics(self) -> bool:
        return self.name in ("metrics", "system")


@dataclass(frozen=True)
class Change:
    """From the reference to another run; None where one of them has nothing."""

    key: str
    before: str | None
    after: str | None
    change: str = ""
    tone: str = ""
    href: str = ""


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
