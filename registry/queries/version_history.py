"""What happened to one version, the newest first."""

from __future__ import annotations

from django.db.models import Q

from registry.models import EventKind, ModelEvent, ModelVersion
from registry.models.model_event import ModelEventQuerySet


def version_events(version: ModelVersion, *, user) -> ModelEventQuerySet:
    """Aliases that left it for another version are among them."""
    left = Q(kind__in=[EventKind.ALIAS_SET, EventKind.ALIAS_DELETED], before=str(version.version))
    events = ModelEvent.objects.visible_to(user).filter(registered_model=version.registered_model_id)
    return events.filter(Q(version=version.version) | left).order_by("-time", "-pk")
