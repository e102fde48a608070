"""Metrics of two groups of runs, compared over all of their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from runs.metrics.direction import DirectionOfMetric
from runs.queries.group_members import Members
from runs.queries.group_metrics import metrics_of
from runs.queries.run_columns import Column
from runs.search.identifiers import LAST
from runs.statistics.corrections import holm
from runs.statistics.sentences import compared_sentence
from runs.statistics.two_sides import TwoSides
from trackui.formats import decimals_for

Metrics = Sequence[tuple[Column, DirectionOfMetric]]


@dataclass(frozen=True)
class ComparedMetric:
    """From a to b. `welch_holm` and `ranks_holm`: the p of both tests, corrected for all metrics compared here."""

    column: Column
    direction: DirectionOfMetric
    sides: TwoSides
    welch_holm: float | None = None
    ranks_holm: float | None = None

    @property
    def name(self) -> str:
        return self.column.key if self.column.stat == LAST else f"{self.column.key} ({self.column.stat})"

    @property
    def is_better(self) -> bool | None:
        """Whether b is better on average; None where that is not known, or neither is."""
        difference = self.sides.difference
        if not difference or not self.direction.direction:
            return None
        return (difference > 0) == self.direction.higher_is_better

    @property
    def tone(self) -> str:
        return "" if self.is_better is None else "good" if self.is_better else "bad"

    @property
    def decimals(self) -> int:
        """What figures of both sides share."""
        sides = (self.sides.of_a, self.sides.of_b)
        return decimals_for([x for side in sides for x in (side.mean, side.se, side.low, side.high)])

    def sentence(self, runs: str = "runs") -> str:
        return compared_sentence(self.name, self.sides, runs=runs, is_better=self.is_better)


def compared_groups(
    pks_a: Sequence[int], pks_b: Sequence[int], metrics: Metrics, *, experiments: Sequence[int] = ()
) -> list[ComparedMetric]:
    """In the order of the metrics. One statement; the work grows with the members."""
    members = Members(tuple(experiments), np.array(sorted({*pks_a, *pks_b}), dtype=np.int64))
    values = metrics_of(members, [column for column, _ in metrics], np.arange(len(members)))
    places = [members.positions(np.array(pks, dtype=np.int64)) for pks in (pks_a, pks_b)]
    compared = [
        ComparedMetric(column, direction, TwoSides(*(of_metric.of(side) for side in places)))
        for (column, direction), of_metric in zip(metrics, values, strict=True)
    ]
    welch = holm([one.sides.welch.p if one.sides.welch else None for one in compared])
    ranks = holm([one.sides.mann_whitney.p if one.sides.mann_whitney else None for one in compared])
    return [
        replace(one, welch_holm=by_mean, ranks_holm=by_rank)
        for one, by_mean, by_rank in zip(compared, welch, ranks, strict=True)
    ]
