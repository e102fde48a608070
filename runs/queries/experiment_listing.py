"""Experiments with their tags, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from runs.keys import key_names
from runs.models import Experiment
from runs.models.experiment import NOTE_TAG
from trackui.db import fetch_all, in_list


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
