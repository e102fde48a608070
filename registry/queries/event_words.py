"""What happened to a model, in a few words."""

from __future__ import annotations

from registry.models import EventKind, ModelEvent
from trackui.errors import shorten

KINDS = {
    EventKind.MODEL_CREATED: "created",
    EventKind.MODEL_RENAMED: "renamed",
    EventKind.MODEL_DELETED: "deleted",
    EventKind.MODEL_DESCRIBED: "described",
    EventKind.MODEL_TAG_SET: "tag set",
    EventKind.MODEL_TAG_DELETED: "tag deleted",
    EventKind.VERSION_CREATED: "version created",
    EventKind.VERSION_DELETED: "version deleted",
    EventKind.VERSION_DESCRIBED: "version described",
    EventKind.VERSION_TAG_SET: "version tag set",
    EventKind.VERSION_TAG_DELETED: "version tag deleted",
    EventKind.STAGE_MOVED: "stage moved",
    EventKind.ALIAS_SET: "alias moved",
    EventKind.ALIAS_DELETED: "alias deleted",
}
LONGEST = 60


def kind_words(kind: str) -> str:
    return KINDS.get(kind, kind)


def event_words(event: ModelEvent) -> str:
    """`version 4 to Production`, `@champion 3 → 4`, `version 5 created`."""
    version = f"version {event.version}"
    match event.kind:
        case EventKind.STAGE_MOVED:
            return f"{version} to {event.after}"
        case EventKind.ALIAS_SET if event.before:
            return f"@{event.key} {event.before} → {event.after}"
        case EventKind.ALIAS_SET:
            return f"@{event.key} to {event.after}"
        case EventKind.ALIAS_DELETED:
            return f"@{event.key} taken from {event.before}"
        case EventKind.MODEL_RENAMED:
            return f"renamed from {shorten(event.before, LONGEST)}"
        case EventKind.VERSION_CREATED | EventKind.VERSION_DELETED | EventKind.VERSION_DESCRIBED:
            return f"{version} {kind_words(event.kind).removeprefix('version ')}"
        case EventKind.MODEL_TAG_SET | EventKind.MODEL_TAG_DELETED:
            return f"tag {shorten(event.key, LONGEST)} {kind_words(event.kind).rpartition(' ')[2]}"
        case EventKind.VERSION_TAG_SET | EventKind.VERSION_TAG_DELETED:
            return f"tag {shorten(event.key, LONGEST)} of {version} {kind_words(event.kind).rpartition(' ')[2]}"
    return kind_words(event.kind)
