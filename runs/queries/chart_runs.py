"""Which runs the charts of an experiment draw: those the address means, up to a number that is said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from runs.charts.theme import svg_dash
from runs.models import Run
from runs.queries.run_set import RunSet
from runs.search.run_search import Total

# Where the address says nothing, and what it can say at most.
DRAWN_BY_DEFAULT, MOST_DRAWN = 10, 100
CHOICES = (10, 25, 50, MOST_DRAWN)


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A run of the charts, and the dash of its line."""

    run: Run
    dash: str
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class ChartRuns:
    """`total`: how many runs the address means, of which the first `wanted` are drawn but for `hidden` ones."""

    runs: tuple[Run, ...]
    total: Total
    wanted: int
    are_chosen: bool
    order: tuple[str, ...]
    baseline: Run | None = None
    hidden: int = 0

    @property
    def lines(self) -> tuple[Run, ...]:
        """All that are drawn: the baseline too, wherever it is in the order."""
        if self.baseline is None or self.baseline.pk in {run.pk for run in self.runs}:
            return self.runs
        return (*self.runs, self.baseline)

    @property
    def is_cut(self) -> bool:
        """The address means more than are ever drawn."""
        return self.wanted == MOST_DRAWN and self.total.number > MOST_DRAWN

    @property
    def legend(self) -> list[LegendLine]:
        return [
            LegendLine(
                run=run,
                dash=svg_dash(position),
                is_baseline=self.baseline is not None and run.pk == self.baseline.pk,
            )
            for position, run in enumerate(self.lines)
        ]

    @property
    def ordered_by(self) -> str:
        if self.are_chosen:
            return "chosen"
        if not self.order or self.order == ("-start_time",):
            return "the newest"
        return f"the first by {', '.join(map(in_words, self.order))}"


def in_words(clause: str) -> str:
    return f"{clause[1:]}, falling" if clause.startswith("-") else clause


def chart_runs(run_set: RunSet, baseline: Run | None = None, *, hidden: Collection[str] = ()) -> ChartRuns:
    """A search, its count and a statement for the runs."""
    wanted = MOST_DRAWN if run_set.chosen else min(run_set.top or DRAWN_BY_DEFAULT, MOST_DRAWN)
    first = in_order(run_set.pks(limit=wanted))
    shown = tuple(run for run in first if run.run_id not in hidden)
    return ChartRuns(
        runs=shown,
        total=run_set.count() if run_set.chosen else run_set.search.count(),
        wanted=wanted,
        are_chosen=bool(run_set.chosen),
        order=run_set.options.order,
        baseline=baseline,
        hidden=len(first) - len(shown),
    )


def in_order(pks: Sequence[int]) -> tuple[Run, ...]:
    found = Run.objects.in_bulk(pks)
    return tuple(found[pk] for pk in pks if pk in found)
