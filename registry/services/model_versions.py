"""Create, describe, tag, move and delete versions of registered models."""

from __future__ import annotations

import json
from collections.abc import Mapping

from registry.addressing import canonical_stage, version_not_found, version_number
from registry.models import PROMPT_TAG, EventKind, ModelVersion, ModelVersionTag, RegisteredModel, Stage, VersionStatus
from registry.services.aliases import note_deleted
from registry.services.events import note_event
from registry.services.names import MAX_RUN_LINK_LENGTH, check_description, check_tag, check_tags, says_prompt
from registry.services.registered_models import held_model, touch
from registry.services.sources import resolved_source
from runs.ingest.limits import check_key, check_length
from runs.models import LoggedModelTag
from runs.services.audit import person
from runs.services.logged_models import held_model as held_logged_model
from trackui.clock import now_ms
from trackui.db import fetch_object, fetch_objects, insert_rows, update_row
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.body import check_text
from trackui.transactions import transactional

# A JSON list on a logged model: the versions made of it, as {"name", "version"}.
LOGGED_MODEL_VERSIONS_TAG = "mlflow.modelVersions"
PROMPT_TEXT_TAG = "mlflow.prompt.text"


def create_model_version(
    name: str,
    *,
    source: str,
    run_id: str = "",
    model_id: str = "",
    run_link: str = "",
    description: str = "",
    tags: Mapping[str, str] | None = None,
    user,
) -> ModelVersion:
    """Numbers count up from 1 and are never given twice, however many create at once and whatever is deleted."""
    tags = tags or {}
    check_length("run_link", check_text(run_link), MAX_RUN_LINK_LENGTH)
    check_description(description)
    check_tags(tags)
    is_prompt = says_prompt(tags)
    found = resolved_source(source, run_id=run_id, model_id=model_id, is_prompt=is_prompt, user=user)

    @transactional
    def write() -> ModelVersion:
        model = held_model(name, user=user)
        touch(model, last_version=model.last_version + 1)
        version = _inserted(
            registered_model_id=model.pk,
            name=name,
            version=model.last_version,
            stage=Stage.NONE.value,
            description=description,
            user_id=person(user),
            source=source,
            storage_location=found.storage_location,
            run_id=found.run_id,
            run_link=run_link,
            model_id=found.model_id,
            status=VersionStatus.READY.value,
            status_message="",
            creation_time=model.last_updated_time,
            last_updated_time=model.last_updated_time,
            is_prompt=is_prompt or model.is_prompt,
        )
        _store_tags(version, tags)
        if found.model_id:
            _tell_logged_model(found.model_id, version, user=user)
        note_event(
            *(EventKind.VERSION_CREATED, model),
            user=user,
            version=version.version,
            after=Stage.NONE.value,
            data=_announced(version, tags),
        )
        return version

    return write()


def _inserted(**values: object) -> ModelVersion:
    rows = insert_rows("registry_modelversion", tuple(values), [tuple(values.values())], returning="id")
    return ModelVersion(id=rows[0][0], **values)


def describe_model_version(name: str, version: str | int, description: str, *, user) -> ModelVersion:
    check_description(description)

    @transactional
    def write() -> ModelVersion:
        model, found = held_version(name, version, user=user)
        before = found.description
        _change(found, description=description, last_updated_time=now_ms())
        if before != description:
            note_event(
                *(EventKind.VERSION_DESCRIBED, model),
                user=user,
                version=found.version,
                before=before,
                after=description,
            )
        return found

    return write()


@transactional
def delete_model_version(name: str, version: str | int, *, user) -> None:
    """With its tags and aliases. Its number is not given again."""
    model, found = held_version(name, version, user=user)
    for alias in found.aliases.values_list("alias", flat=True):
        note_deleted(model, alias, found.version, user=user)
    note_event(EventKind.VERSION_DELETED, model, user=user, version=found.version, before=found.stage)
    found.delete()
    touch(model)


def transition_stage(
    name: str, version: str | int, stage: str, *, archive_existing_versions: bool = False, note: str = "", user
) -> ModelVersion:
    """`archive_existing_versions`: the others that are in this stage go to Archived; for Staging and Production."""
    check_description(note, "note")
    target = canonical_stage(stage)
    if archive_existing_versions and target not in (Stage.STAGING, Stage.PRODUCTION):
        raise InvalidParameterValue(
            f"Invalid stage {target.value}: cannot archive existing model versions when a version moves there, "
            "only when it moves to Staging or Production."
        )

    @transactional
    def write() -> ModelVersion:
        model, found = held_version(name, version, user=user)
        touch(model)
        if archive_existing_versions:
            same = "registered_model_id = %s AND stage = %s AND id <> %s"
            for other in fetch_objects(ModelVersion, same, (model.pk, target.value, found.pk)):
                _move(other, Stage.ARCHIVED, model, note=note, user=user)
        _move(found, target, model, note=note, user=user)
        return found

    return write()


def _move(found: ModelVersion, stage: Stage, model: RegisteredModel, *, note: str, user) -> None:
    before = found.stage
    _change(found, stage=stage.value, last_updated_time=model.last_updated_time)
    if before != stage:
        note_event(
            *(EventKind.STAGE_MOVED, model),
            user=user,
            version=found.version,
            before=before,
            after=stage.value,
            note=note,
            data={"from": before, "to": stage.value, "note": note},
        )


def set_version_tag(name: str, version: str | int, key: str, value: str, *, user) -> None:
    check_tag(key, value)

    @transactional
    def write() -> None:
        model, found = held_version(name, version, user=user)
        before = _tag_value(found, key)
        if before == value:
            return
        _store_tags(found, {key: value})
        if key == PROMPT_TAG:
            _change(found, is_prompt=says_prompt({key: value}) or model.is_prompt)
        note_event(
            *(EventKind.VERSION_TAG_SET, model),
            user=user,
            version=found.version,
            key=key,
            before=before or "",
            after=value,
            data={"key": key, "value": value},
        )

    write()


def delete_version_tag(name: str, version: str | int, key: str, *, user) -> None:
    """Fine to repeat."""
    check_key(key)

    @transactional
    def write() -> None:
        model, found = held_version(name, version, user=user)
        before = _tag_value(found, key)
        if before is None:
            return
        ModelVersionTag.objects.filter(model_version=found, key=key).delete()
        if key == PROMPT_TAG:
            _change(found, is_prompt=model.is_prompt)
        note_event(
            *(EventKind.VERSION_TAG_DELETED, model),
            user=user,
            version=found.version,
            key=key,
            before=before,
            data={"key": key},
        )

    write()


def held_version(name: str, version: str | int, *, user) -> tuple[RegisteredModel, ModelVersion]:
    """The version and its model, by which it is held against other writers."""
    number = version_number(version)
    model = held_model(name, user=user)
    found = fetch_object(ModelVersion, "registered_model_id = %s AND version = %s", (model.pk, number))
    if found is None:
        raise version_not_found(name, version)
    return model, found


def _change(version: ModelVersion, **changes: object) -> None:
    update_row("registry_modelversion", version.pk, changes)
    for field, value in changes.items():
        setattr(version, field, value)


def _tag_value(version: ModelVersion, key: str) -> str | None:
    found = fetch_object(ModelVersionTag, "model_version_id = %s AND key = %s", (version.pk, key))
    return found and found.value


def _store_tags(version: ModelVersion, tags: Mapping[str, str]) -> None:
    insert_rows(
        "registry_modelversiontag",
        ("model_version_id", "key", "value"),
        [(version.pk, key, value) for key, value in tags.items()],
        on_conflict="(model_version_id, key) DO UPDATE SET value = excluded.value",
    )


def _tell_logged_model(model_id: str, version: ModelVersion, *, user) -> None:
    """Add the version to the list that clients look for on the logged model."""
    logged = held_logged_model(model_id, user=user)
    tag = LoggedModelTag.objects.filter(model=logged, key=LOGGED_MODEL_VERSIONS_TAG).first()
    try:
        listed = json.loads(tag.value) if tag else []
    except ValueError:
        return
    if not isinstance(listed, list):
        return
    value = json.dumps([*listed, {"name": version.name, "version": str(version.version)}])
    LoggedModelTag.objects.update_or_create(model=logged, key=LOGGED_MODEL_VERSIONS_TAG, defaults={"value": value})


def _announced(version: ModelVersion, tags: Mapping[str, str]) -> dict[str, object]:
    told = {"tags": dict(tags), "description": version.description or None}
    if version.is_prompt:
        return {**told, "template": tags.get(PROMPT_TEXT_TAG, "")}
    return {**told, "source": version.source, "run_id": version.run_id or None}
