"""What happened, written down and told to webhooks, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping

from registry.models import EventKind, RegisteredModel
from runs.services.audit import person
from runs.services.webhooks import announce
from trackui.clock import now_ms
from trackui.db import insert_rows

# What webhooks are told of, by the protocol's names: for models, and for prompts.
_ANNOUNCED = {
    EventKind.MODEL_CREATED: ("REGISTERED_MODEL", "CREATED"),
    EventKind.VERSION_CREATED: ("MODEL_VERSION", "CREATED"),
    EventKind.VERSION_TAG_SET: ("MODEL_VERSION_TAG", "SET"),
    EventKind.VERSION_TAG_DELETED: ("MODEL_VERSION_TAG", "DELETED"),
    EventKind.ALIAS_SET: ("MODEL_VERSION_ALIAS", "CREATED"),
    EventKind.ALIAS_DELETED: ("MODEL_VERSION_ALIAS", "DELETED"),
    EventKind.STAGE_MOVED: ("MODEL_VERSION_STAGE", "MOVED"),
}
_ANNOUNCED_OF_PROMPTS = {
    EventKind.MODEL_CREATED: ("PROMPT", "CREATED"),
    EventKind.VERSION_CREATED: ("PROMPT_VERSION", "CREATED"),
    EventKind.VERSION_TAG_SET: ("PROMPT_VERSION_TAG", "SET"),
    EventKind.VERSION_TAG_DELETED: ("PROMPT_VERSION_TAG", "DELETED"),
    EventKind.MODEL_TAG_SET: ("PROMPT_TAG", "SET"),
    EventKind.MODEL_TAG_DELETED: ("PROMPT_TAG", "DELETED"),
    EventKind.ALIAS_SET: ("PROMPT_ALIAS", "CREATED"),
    EventKind.ALIAS_DELETED: ("PROMPT_ALIAS", "DELETED"),
    EventKind.STAGE_MOVED: ("MODEL_VERSION_STAGE", "MOVED"),
}
_COLUMNS = (
    *("time", "user_id", "kind", "registered_model_id", "name", "version", "key"),
    *("before", "after", "note"),
)


def note_event(
    kind: EventKind,
    model: RegisteredModel,
    *,
    user,
    version: int | None = None,
    key: str = "",
    before: str = "",
    after: str = "",
    note: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """One event, by one statement, and what a webhook costs. `model` as it is called after the change.

    `data`: what webhooks are told beside the name and the version.
    """
    # The event of a deleted model stands for itself.
    row = (now_ms(), person(user), kind.value, model.pk, model.name, version, key, before, after, note)
    insert_rows("registry_modelevent", _COLUMNS, [row])
    announced = (_ANNOUNCED_OF_PROMPTS if model.is_prompt else _ANNOUNCED).get(kind)
    if announced:
        numbered = {} if version is None else {"version": str(version)}
        announce(*announced, {"name": model.name, **numbered, **(data or {})})
