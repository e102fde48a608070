"""The metrics of an experiment with the direction of each."""

from __future__ import annotations

from dataclasses import dataclass

from runs.metrics.direction import DirectionOfMetric, directions, guess_direction
from runs.models import Direction, KeyKind
from runs.queries.run_columns import key_uses

MOST_METRICS = 200


@dataclass(frozen=True, slots=True)
class MetricRow:
    """`guess`: what its name says, whether or not a person said otherwise."""

    name: str
    run_count: int
    direction: DirectionOfMetric
    guess: Direction | None

    @property
    def choice(self) -> str:
        """Of the form: higher, lower, or guess."""
        return "guess" if self.direction.is_guess else str(self.direction.direction)


@dataclass(frozen=True, slots=True)
class MetricRows:
    rows: list[MetricRow]
    find: str

    @property
    def is_cut(self) -> bool:
        return len(self.rows) == MOST_METRICS


def metric_rows(experiment_id: int, *, find: str = "") -> MetricRows:
    """The most used first. Two statements."""
    uses = key_uses(experiment_id, kind=KeyKind.METRIC, containing=find, at_most=MOST_METRICS)
    known = directions(experiment_id, [use.name for use in uses])
    rows = [MetricRow(use.name, use.run_count, known[use.name], guess_direction(use.name)) for use in uses]
    return MetricRows(rows, find)
