"""Registered models for the jump box."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from registry.models import RegisteredModel
from runs.queries.jump import Place
from trackui.search.sql import all_of, contains

NAME = "registry_registeredmodel.name"


def model_places(user, words: Sequence[str], at_most: int) -> list[Place]:
    """Every word stands in the name, whatever its case; those that changed last come first. One statement."""
    models = RegisteredModel.objects.visible_to(user).matching(all_of(contains(NAME, word) for word in words))
    found = models.order_by("-last_updated_time", "name").values_list("name", "last_version", "is_prompt")[:at_most]
    return [
        Place(name, reverse("models:model_detail", args=[name]), _note(last_version, is_prompt))
        for name, last_version, is_prompt in found
    ]


def _note(last_version: int, is_prompt: bool) -> str:
    versions = f"version {last_version}" if last_version else "no versions"
    return f"prompt, {versions}" if is_prompt else versions
