"""Run, its params and its tags."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F

from runs.models.experiment import Experiment, LifecycleStage
from runs.models.fields import IndexedText, big_table_key, run_key
from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm, Sql

RUN_NAME_TAG = "mlflow.runName"
PARENT_RUN_TAG = "mlflow.parentRunId"
USER_TAG = "mlflow.user"


class RunStatus(models.TextChoices):
    """The protocol's states; the order is that of their numbers there, from 1."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class RunQuerySet(models.QuerySet):
    def visible_to(self, user) -> RunQuerySet:
        """Runs the caller may read. Without accounts: all of them."""
        return self

    def active(self) -> RunQuerySet:
        return self.filter(lifecycle_stage=LifecycleStage.ACTIVE)

    def deleted(self) -> RunQuerySet:
        return self.filter(lifecycle_stage=LifecycleStage.DELETED)

    def matching(self, condition: Sql) -> RunQuerySet:
        """Those that satisfy a compiled search."""
        return matching(self, condition)

    def ordered_by(self, terms: Iterable[OrderTerm]) -> RunQuerySet:
        """In a compiled order."""
        return ordered_by(self, terms)


class Run(models.Model):
    """`start_time`, `end_time`, `deleted_time`: milliseconds since the epoch."""

    run_id = models.CharField(max_length=32, unique=True)
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, db_index=False, related_name="runs")
    # As long as a tag value: the tag mlflow.runName mirrors it.
    name = models.CharField(max_length=8000)
    user_id = models.CharField(max_length=256, blank=True)
    status = models.CharField(max_length=9, choices=RunStatus, default=RunStatus.RUNNING)
    start_time = models.BigIntegerField()
    end_time = models.BigIntegerField(null=True, blank=True)
    lifecycle_stage = models.CharField(max_length=8, choices=LifecycleStage, default=LifecycleStage.ACTIVE)
    deleted_time = models.BigIntegerField(null=True, blank=True)
    artifact_uri = models.CharField(max_length=2200)
    # Kept from the tag mlflow.parentRunId when it names a run we have.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False, related_name="children"
    )
    # A colour chosen by a person (#rrggbb); empty: the one its id gives.
    colour = models.CharField(max_length=7, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["experiment", "lifecycle_stage", "-start_time", "run_id"], name="run_newest"),
            # Counts by status and by user of whole experiments, without reading their runs.
            models.Index(fields=["experiment", "lifecycle_stage", "status", "user_id"], name="run_facets"),
            # Orders to walk.
            models.Index(F("experiment"), F("lifecycle_stage"), IndexedText("name"), F("id"), name="run_name"),
            models.Index(F("experiment"), F("lifecycle_stage"), IndexedText("user_id"), F("id"), name="run_user"),
            models.Index(fields=["experiment", "lifecycle_stage", "end_time", "id"], name="run_ended"),
            models.Index(
                F("experiment"), F("lifecycle_stage"), F("end_time") - F("start_time"), F("id"), name="run_duration"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.run_id

    @property
    def is_active(self) -> bool:
        return self.lifecycle_stage == LifecycleStage.ACTIVE

    @property
    def is_finished(self) -> bool:
        return self.status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @property
    def duration(self) -> int | None:
        """Milliseconds from start to end; None while it runs."""
        return None if self.end_time is None else self.end_time - self.start_time


class Param(models.Model):
    pk = models.CompositePrimaryKey("run", "key")
    run = run_key("params")
    key = big_table_key("runs.Key")
    experiment = big_table_key("runs.Experiment")
    value = models.TextField()
    # The value as a double where it reads as a finite one: numeric filters and sorting use it.
    number = models.FloatField(null=True)


class RunTag(models.Model):
    pk = models.CompositePrimaryKey("run", "key")
    run = run_key("tags")
    key = big_table_key("runs.Key")
    experiment = big_table_key("runs.Experiment")
    value = models.TextField()
