"""Create, rename, describe, tag and delete registered models."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from registry.addressing import model_not_found
from registry.models import PROMPT_TAG, EventKind, ModelVersionTag, RegisteredModel, RegisteredModelTag
from registry.models.access import readable_models
from registry.services.events import note_event
from registry.services.names import check_description, check_model_name, check_tag, check_tags, says_prompt
from runs.ingest.limits import check_key
from runs.services.audit import person
from trackui.clock import now_ms
from trackui.db import HELD, fetch_object, insert_rows, update_row
from trackui.errors import ResourceAlreadyExists, shorten
from trackui.transactions import transactional

_COLUMNS = (*("name", "description", "user_id", "creation_time", "last_updated_time", "last_version", "is_prompt"),)


def create_registered_model(
    name: str, *, description: str = "", tags: Mapping[str, str] | None = None, user
) -> RegisteredModel:
    """Without versions yet. The name must be free: ResourceAlreadyExists."""
    tags = tags or {}
    check_model_name(name)
    check_description(description)
    check_tags(tags)

    @transactional
    def write() -> RegisteredModel:
        now = now_ms()
        row = (name, description, person(user), now, now, 0, says_prompt(tags))
        inserted = insert_rows(
            "registry_registeredmodel", _COLUMNS, [row], on_conflict="(name) DO NOTHING", returning="id"
        )
        if not inserted:
            raise _taken(name, is_prompt=says_prompt(tags))
        model = RegisteredModel(inserted[0][0], **dict(zip(_COLUMNS, row, strict=True)))
        store_model_tags(model, tags)
        note_event(
            EventKind.MODEL_CREATED, model, user=user, data={"tags": dict(tags), "description": description or None}
        )
        return model

    return write()


def rename_registered_model(name: str, new_name: str, *, user) -> RegisteredModel:
    """Its versions, tags, aliases and events move along. ResourceAlreadyExists when the new name is taken."""
    check_model_name(new_name, "new_name")

    @transactional
    def write() -> RegisteredModel:
        model = held_model(name, user=user)
        if new_name == name:
            return model
        if RegisteredModel.objects.filter(name=new_name).exists():
            raise _taken(new_name, is_prompt=model.is_prompt)
        try:
            touch(model, name=new_name)
        except IntegrityError:
            raise _taken(new_name) from None
        model.versions.update(name=new_name, last_updated_time=model.last_updated_time)
        note_event(EventKind.MODEL_RENAMED, model, user=user, before=name, after=new_name)
        return model

    return write()


def describe_registered_model(name: str, description: str, *, user) -> RegisteredModel:
    check_description(description)

    @transactional
    def write() -> RegisteredModel:
        model = held_model(name, user=user)
        before = model.description
        touch(model, description=description)
        if before != description:
            note_event(EventKind.MODEL_DESCRIBED, model, user=user, before=before, after=description)
        return model

    return write()


@transactional
def delete_registered_model(name: str, *, user) -> None:
    """With its versions, aliases and tags; what happened to it stays on record. The name is free again."""
    model = held_model(name, user=user)
    note_event(EventKind.MODEL_DELETED, model, user=user)
    model.delete()


def set_model_tag(name: str, key: str, value: str, *, user) -> None:
    check_tag(key, value)

    @transactional
    def write() -> None:
        model = held_model(name, user=user)
        before = _tag_value(model, key)
        if before == value:
            return
        store_model_tags(model, {key: value})
        if key == PROMPT_TAG:
            _set_prompt(model, says_prompt({key: value}))
        note_event(
            *(EventKind.MODEL_TAG_SET, model),
            user=user,
            key=key,
            before=before or "",
            after=value,
            data={"key": key, "value": value},
        )

    write()


def delete_model_tag(name: str, key: str, *, user) -> None:
    """Fine to repeat."""
    check_key(key)

    @transactional
    def write() -> None:
        model = held_model(name, user=user)
        before = _tag_value(model, key)
        if before is None:
            return
        note_event(EventKind.MODEL_TAG_DELETED, model, user=user, key=key, before=before, data={"key": key})
        RegisteredModelTag.objects.filter(registered_model=model, key=key).delete()
        if key == PROMPT_TAG:
            _set_prompt(model, False)

    write()


# --- For the services around it ---------------------------------------------------------------


def held_model(name: str, *, user) -> RegisteredModel:
    """The model, held against other writers until the transaction ends: so are its versions, tags and aliases."""
    readable, params = readable_models(user, "id")
    found = fetch_object(RegisteredModel, f"name = %s AND {readable}", (name, *params), lock=HELD)
    if found is None:
        raise model_not_found(name)
    return found


def touch(model: RegisteredModel, **changes: object) -> None:
    """Change a model that is held, and note that it changed now."""
    changes["last_updated_time"] = now_ms()
    update_row("registry_registeredmodel", model.pk, changes)
    for field, value in changes.items():
        setattr(model, field, value)


def store_model_tags(model: RegisteredModel, tags: Mapping[str, str]) -> None:
    insert_rows(
        "registry_registeredmodeltag",
        ("registered_model_id", "key", "value"),
        [(model.pk, key, value) for key, value in tags.items()],
        on_conflict="(registered_model_id, key) DO UPDATE SET value = excluded.value",
    )


def _tag_value(model: RegisteredModel, key: str) -> str | None:
    found = fetch_object(RegisteredModelTag, "registered_model_id = %s AND key = %s", (model.pk, key))
    return found and found.value


def _set_prompt(model: RegisteredModel, is_prompt: bool) -> None:
    """Keep the flags of a model and of its versions in step with the tags."""
    model.is_prompt = is_prompt
    model.save(update_fields=["is_prompt"])
    own = ModelVersionTag.objects.filter(model_version=OuterRef("pk"), key=PROMPT_TAG, value__iexact="true")
    model.versions.update(is_prompt=True if is_prompt else Exists(own))


def _taken(name: str, *, is_prompt: bool | None = None) -> ResourceAlreadyExists:
    found = RegisteredModel.objects.filter(name=name).first() if is_prompt is not None else None
    if found is not None and found.is_prompt != is_prompt:
        kind = "prompt" if found.is_prompt else "registered model"
        return ResourceAlreadyExists(f"The name '{shorten(name)}' is already taken by a {kind}. Choose another one.")
    return ResourceAlreadyExists(f"Registered Model (name={shorten(name)}) already exists.")
