"""Experiments with their tags, by pages that end at a position, or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from runs.keys import key_names
from runs.models import Experiment
from runs.models.experiment import NOTE_TAG
from runs.search.keyset import later_than, position_of
from trackui.db import fetch_all, in_list
from trackui.search.sql import OrderTerm

ROWS_AT_ONCE = 500


@dataclass(slots=True)
class ExperimentSummary:
    experiment: Experiment
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def note(self) -> str:
        return self.tags.get(NOTE_TAG, "")


def experiment_summaries(experiments: Sequence[Experiment]) -> list[ExperimentSummary]:
    """Two statements, however many experiments."""
    by_pk = {experiment.pk: ExperimentSummary(experiment) for experiment in experiments}
    if by_pk:
        rows = fetch_all(
            f"SELECT experiment_id, key_id, value FROM runs_experimenttag WHERE experiment_id IN {in_list(by_pk)}",
            list(by_pk),
        )
        names = key_names({key for _, key, _ in rows})
        for pk, key, value in sorted(rows, key=lambda row: names[row[1]]):
            by_pk[pk].tags[names[key]] = value
    return list(by_pk.values())


@dataclass(frozen=True, slots=True)
class ExperimentListing:
    """`experiments` in no order yet; `terms` say which."""

    experiments: QuerySet
    terms: Sequence[OrderTerm]

    def page(self, position: Sequence | None, limit: int) -> tuple[list[ExperimentSummary], list | None]:
        """Rows after a position, and the position after them; None where nothing follows."""
        rows = self.experiments
        if position is not None:
            rows = rows.matching(later_than(self.terms, position))
        found = list(rows.ordered_by(self.terms)[: limit + 1])
        is_last = len(found) <= limit
        found = found[:limit]
        after = None if is_last else position_of("runs_experiment", self.terms, found[-1].pk)
        return experiment_summaries(found), after

    def rows(self) -> Iterator[ExperimentSummary]:
        """All of them; memory does not grow with their number."""
        position = None
        while True:
            rows, position = self.page(position, ROWS_AT_ONCE)
            yield from rows
            if position is None:
                return
