"""Logged models with their params, tags and metrics, and the runs that read or made them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from runs.models.fields import run_key
from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm, Sql


class LoggedModelStatus(models.TextChoices):
    """The protocol's states; the order is that of their numbers there, from 1."""

    PENDING = "LOGGED_MODEL_PENDING"
    READY = "LOGGED_MODEL_READY"
    FAILED = "LOGGED_MODEL_UPLOAD_FAILED"


class LoggedModelQuerySet(models.QuerySet):
    def visible_to(self, user) -> LoggedModelQuerySet:
        """Logged models of the experiments the caller may read. Without accounts: all of them."""
        return self

    def active(self) -> LoggedModelQuerySet:
        return self.filter(deleted_time=None)

    def matching(self, condition: Sql) -> LoggedModelQuerySet:
        """Those that satisfy a compiled search."""
        return matching(self, condition)

    def ordered_by(self, terms: Iterable[OrderTerm]) -> LoggedModelQuerySet:
        """In a compiled order."""
        return ordered_by(self, terms)


class LoggedModel(models.Model):
    """Times are milliseconds since the epoch."""

    model_id = models.CharField(max_length=34, unique=True)
    experiment = models.ForeignKey(
        "runs.Experiment", on_delete=models.CASCADE, db_index=False, related_name="logged_models"
    )
    name = models.CharField(max_length=500)
    model_type = models.CharField(max_length=500, blank=True)
    # As the client says it: the run need not exist.
    source_run_id = models.CharField(max_length=256, blank=True, db_index=True)
    status = models.CharField(max_length=26, choices=LoggedModelStatus, default=LoggedModelStatus.PENDING)
    status_message = models.CharField(max_length=1000, blank=True)
    artifact_uri = models.CharField(max_length=2200)
    creation_time = models.BigIntegerField()
    last_updated_time = models.BigIntegerField()
    deleted_time = models.BigIntegerField(null=True, blank=True)

    objects = LoggedModelQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["experiment", "-creation_time", "model_id"], name="logged_model_newest")]

    def __str__(self) -> str:
        return self.name


def model_key(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(LoggedModel, on_delete=models.CASCADE, db_index=False, related_name=related_name)


class LoggedModelParam(models.Model):
    pk = models.CompositePrimaryKey("model", "key")
    model = model_key("params")
    key = models.CharField(max_length=255)
    value = models.TextField()


class LoggedModelTag(models.Model):
    pk = models.CompositePrimaryKey("model", "key")
    model = model_key("tags")
    key = models.CharField(max_length=255)
    value = models.TextField()


class LoggedModelMetric(models.Model):
    """A point logged with a model id; NaN as in MetricSummary. `run_id` as it travels."""

    pk = models.CompositePrimaryKey("model", "key", "step", "timestamp", "value", "is_nan", "run_id")
    model = model_key("metrics")
    run_id = models.CharField(max_length=32)
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    value = models.FloatField()
    is_nan = models.BooleanField()
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=36, blank=True)


class ModelInput(models.Model):
    """A run that read a logged model. `model_id` as it travels: it is not checked."""

    pk = models.CompositePrimaryKey("run", "model_id")
    run = run_key("model_inputs")
    model_id = models.CharField(max_length=256)

    class Meta:
        indexes = [models.Index(fields=["model_id"], name="model_readers")]


class ModelOutput(models.Model):
    """A run that made a logged model, at which step. `model_id` as it travels: it is not checked."""

    pk = models.CompositePrimaryKey("run", "model_id")
    run = run_key("model_outputs")
    model_id = models.CharField(max_length=256)
    step = models.BigIntegerField(default=0)
