"""Versions of registered models, and their tags."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F

from registry.models.registered_model import RegisteredModel
from runs.models.fields import IndexedText
from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm, Sql


class Stage(models.TextChoices):
    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


class VersionStatus(models.TextChoices):
    PENDING = "PENDING_REGISTRATION"
    FAILED = "FAILED_REGISTRATION"
    READY = "READY"


class ModelVersionQuerySet(models.QuerySet):
    def visible_to(self, user) -> ModelVersionQuerySet:
        """Versions of the models the caller may read. Without accounts: all of them."""
        return self

    def outlived(self, before: int) -> ModelVersionQuerySet:
        """Made before a moment, in no stage, with no alias; no prompts. By model, the oldest first.

        Those in Staging and Production are in use, those in Archived are put away already.
        """
        found = self.filter(stage=Stage.NONE, is_prompt=False, creation_time__lt=before, aliases__isnull=True)
        return found.order_by("name", "version")

    def matching(self, condition: Sql) -> ModelVersionQuerySet:
        """Those that satisfy a compiled search."""
        return matching(self, condition)

    def ordered_by(self, terms: Iterable[OrderTerm]) -> ModelVersionQuerySet:
        """In a compiled order."""
        return ordered_by(self, terms)


class ModelVersion(models.Model):
    """`source`: as the client said it. `storage_location`: where the files are, `source` resolved.

    `run_id` and `model_id` (of a logged model) as they travel, blank when there is none: neither need exist any more.
    Times are milliseconds since the epoch.
    """

    registered_model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    # The name of the model, kept here too: searches over all versions filter and order by it. A renaming changes both.
    name = models.CharField(max_length=256)
    version = models.IntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.NONE)
    description = models.TextField(blank=True, default="")
    user_id = models.CharField(max_length=256, blank=True, default="")
    source = models.CharField(max_length=2048, blank=True, default="")
    storage_location = models.CharField(max_length=2200, blank=True, default="")
    run_id = models.CharField(max_length=256, blank=True, default="")
    run_link = models.CharField(max_length=500, blank=True, default="")
    model_id = models.CharField(max_length=256, blank=True, default="")
    status = models.CharField(max_length=20, choices=VersionStatus, default=VersionStatus.READY)
    status_message = models.CharField(max_length=500, blank=True, default="")
    creation_time = models.BigIntegerField()
    last_updated_time = models.BigIntegerField()
    # Its own tag says so, or its model's.
    is_prompt = models.BooleanField(default=False)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registered_model", "version"], name="version_number")]
        indexes = [
            models.Index(fields=["registered_model", "stage", "-version"], name="version_stage"),
            models.Index(fields=["is_prompt", "-last_updated_time", "name", "-version"], name="version_newest"),
            models.Index(fields=["is_prompt", "name", "-version"], name="version_name"),
            models.Index(fields=["is_prompt", "-creation_time", "name", "-version"], name="version_created"),
            models.Index(fields=["run_id"], name="version_run"),
            models.Index(fields=["model_id"], name="version_model"),
        ]

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"

    @property
    def uri(self) -> str:
        return f"models:/{self.name}/{self.version}"


class ModelVersionTag(models.Model):
    pk = models.CompositePrimaryKey("model_version", "key")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, db_index=False, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "model_version"], name="version_tag_key"),
            # Searches for one value of a key that all have.
            models.Index(F("key"), IndexedText("value"), F("model_version"), name="version_tag_value"),
        ]
