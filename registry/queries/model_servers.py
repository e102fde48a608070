"""Scoring servers that are there at the moment."""

from __future__ import annotations

from registry.models import ModelServer, ModelVersion
from trackui.clock import now_ms

# A server tells every few seconds that it is there: one that has been silent for longer is not.
SILENT_AFTER = 30_000  # milliseconds


def live_servers(version: ModelVersion) -> list[ModelServer]:
    """Those that answer with this version now, the newest first. One statement."""
    found = ModelServer.objects.filter(model_version=version, end_time=None, beat_time__gte=now_ms() - SILENT_AFTER)
    return list(found.order_by("-start_time", "-pk"))
