"""Registered models, their tags, and the aliases that point to one of their versions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from trackui.search.querysets import matching, ordered_by
from trackui.search.sql import OrderTerm, Sql

# A prompt is a registered model with this tag, of the value "true"; on its versions too.
PROMPT_TAG = "mlflow.prompt.is_prompt"


class RegisteredModelQuerySet(models.QuerySet):
    def visible_to(self, user) -> RegisteredModelQuerySet:
        """Models the caller may read. Without accounts: all of them."""
        return self

    def matching(self, condition: Sql) -> RegisteredModelQuerySet:
        """Those that satisfy a compiled search."""
        return matching(self, condition)

    def ordered_by(self, terms: Iterable[OrderTerm]) -> RegisteredModelQuerySet:
        """In a compiled order."""
        return ordered_by(self, terms)


class RegisteredModel(models.Model):
    """`last_version`: the highest number ever given, deleted versions included. Times are ms since the epoch."""

    name = models.CharField(max_length=256, unique=True)
    description = models.TextField(blank=True, default="")
    user_id = models.CharField(max_length=256, blank=True, default="")
    creation_time = models.BigIntegerField()
    last_updated_time = models.BigIntegerField()
    last_version = models.IntegerField(default=0)
    # What the tag says, kept here as every search asks for it.
    is_prompt = models.BooleanField(default=False)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["is_prompt", "name"], name="model_name_order"),
            models.Index(fields=["is_prompt", "-last_updated_time", "name"], name="model_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class RegisteredModelTag(models.Model):
    pk = models.CompositePrimaryKey("registered_model", "key")
    registered_model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, db_index=False, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["key", "registered_model"], name="model_tag_key")]


class ModelAlias(models.Model):
    """`alias` points to one version of its model; case counts."""

    registered_model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, db_index=False, related_name="aliases"
    )
    alias = models.CharField(max_length=255)
    model_version = models.ForeignKey("registry.ModelVersion", on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "model aliases"
        constraints = [models.UniqueConstraint(fields=["registered_model", "alias"], name="one_version_of_an_alias")]

    def __str__(self) -> str:
        return self.alias
