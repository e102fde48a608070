"""What happened to a registered model: who moved what, when, from where to where, and why."""

from __future__ import annotations

from django.db import models

from registry.models.registered_model import RegisteredModel


class EventKind(models.TextChoices):
    MODEL_CREATED = "model_created"
    MODEL_RENAMED = "model_renamed"
    MODEL_DELETED = "model_deleted"
    MODEL_DESCRIBED = "model_described"
    MODEL_TAG_SET = "model_tag_set"
    MODEL_TAG_DELETED = "model_tag_deleted"
    VERSION_CREATED = "version_created"
    VERSION_DELETED = "version_deleted"
    VERSION_DESCRIBED = "version_described"
    VERSION_TAG_SET = "version_tag_set"
    VERSION_TAG_DELETED = "version_tag_deleted"
    STAGE_MOVED = "stage_moved"
    ALIAS_SET = "alias_set"
    ALIAS_DELETED = "alias_deleted"


class ModelEventQuerySet(models.QuerySet):
    def visible_to(self, user) -> ModelEventQuerySet:
        """Events of the models the caller may read. Without accounts: all of them."""
        return self


class ModelEvent(models.Model):
    """Never edited, and kept when its model is gone: `name` and `version` say which it was of, as it was called then.

    `key`: the tag's or the alias's. `before` and `after`: texts, such as stages, names, numbers of versions (of an
    alias) or values of tags; blank for none. `time`: milliseconds since the epoch. Stages and aliases at a moment
    are read from here, so each change of them is an event of its own, those by archiving others too.
    """

    time = models.BigIntegerField()
    user_id = models.CharField(max_length=256, blank=True, default="")
    kind = models.CharField(max_length=20, choices=EventKind)
    registered_model = models.ForeignKey(
        RegisteredModel, on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="events"
    )
    name = models.CharField(max_length=256)
    version = models.IntegerField(null=True, blank=True)
    key = models.CharField(max_length=255, blank=True, default="")
    before = models.TextField(blank=True, default="")
    after = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")

    objects = ModelEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["registered_model", "-time", "-id"], name="event_model"),
            models.Index(fields=["registered_model", "version", "-time", "-id"], name="event_version"),
            models.Index(fields=["-time", "-id"], name="event_newest"),
            models.Index(fields=["name", "-time"], name="event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
