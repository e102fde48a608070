"""Which table goes where on Citus, the distributed PostgreSQL.

A table that has a run is spread by it, so that all of a run lies on one machine. What SQL joins to such tables is
copied to every machine, and has to stay small. The others stay on the coordinator.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import models

from runs.models import Dataset, Experiment, InputTag, Key, Run, StoredArtifact

COPIED = (Experiment, Key, Dataset, InputTag)


@dataclass(frozen=True)
class Spread:
    """A table and the column whose hash tells the machine of a row."""

    table: str
    column: str


def by_run() -> list[Spread]:
    """Runs first: the others are put beside them."""
    others = [model for model in apps.get_app_config("runs").get_models() if refers_to_a_run(model)]
    return [Spread(Run._meta.db_table, "id"), *(Spread(model._meta.db_table, "run_id") for model in others)]


def refers_to_a_run(model: type[models.Model]) -> bool:
    return any(field.name == "run" and field.related_model is Run for field in model._meta.concrete_fields)


def copied() -> list[str]:
    return [model._meta.db_table for model in COPIED]


def by_path() -> Spread:
    return Spread(StoredArtifact._meta.db_table, "path")
