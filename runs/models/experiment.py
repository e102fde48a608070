"""Experiment and its tags."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from runs.models.fields import big_table_key
from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm, Sql

NOTE_TAG = "mlflow.note.content"


class LifecycleStage(models.TextChoices):
    ACTIVE = "active"
    DELETED = "deleted"


class ExperimentQuerySet(models.QuerySet):
    def visible_to(self, user) -> ExperimentQuerySet:
        """Experiments the caller may read. Without accounts: all of them."""
        return self

    def active(self) -> ExperimentQuerySet:
        return self.filter(lifecycle_stage=LifecycleStage.ACTIVE)

    def deleted(self) -> ExperimentQuerySet:
        return self.filter(lifecycle_stage=LifecycleStage.DELETED)

    def matching(self, condition: Sql) -> ExperimentQuerySet:
        """Those that satisfy a compiled search."""
        return matching(self, condition)

    def ordered_by(self, terms: Iterable[OrderTerm]) -> ExperimentQuerySet:
        """In a compiled order."""
        return ordered_by(self, terms)


class Experiment(models.Model):
    """`creation_time`, `last_update_time`: milliseconds since the epoch."""

    name = models.CharField(max_length=500, unique=True)
    artifact_location = models.CharField(max_length=2048)
    lifecycle_stage = models.CharField(max_length=8, choices=LifecycleStage, default=LifecycleStage.ACTIVE)
    creation_time = models.BigIntegerField()
    last_update_time = models.BigIntegerField()
    # What runs are measured against where an address names no other: a run_id or a models:/ URI.
    baseline = models.CharField(max_length=600, blank=True, default="", db_default="")

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["lifecycle_stage", "-creation_time", "id"], name="experiment_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def experiment_id(self) -> str:
        """The id as it travels."""
        return str(self.pk)

    @property
    def is_active(self) -> bool:
        return self.lifecycle_stage == LifecycleStage.ACTIVE


class ExperimentTag(models.Model):
    pk = models.CompositePrimaryKey("experiment", "key")
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, db_index=False, related_name="tags")
    key = big_table_key("runs.Key")
    value = models.TextField()
