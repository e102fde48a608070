"""Point an alias to a version, and take it away."""

from __future__ import annotations

from registry.addressing import version_not_found, version_number
from registry.models import EventKind, ModelAlias, ModelVersion, RegisteredModel
from registry.services.events import note_event
from registry.services.names import check_alias, check_description
from registry.services.registered_models import held_model
from trackui.db import fetch_object, insert_rows
from trackui.transactions import transactional


def set_alias(name: str, alias: str, version: str | int, *, note: str = "", user) -> None:
    """From then on it is this version's alone; ResourceDoesNotExist when there is no such version."""
    check_alias(alias)
    check_description(note, "note")
    number = version_number(version)

    @transactional
    def write() -> None:
        model = held_model(name, user=user)
        found = fetch_object(ModelVersion, "registered_model_id = %s AND version = %s", (model.pk, number))
        if found is None:
            raise version_not_found(name, version)
        before = _version_of(model, alias)
        if before == number:
            return
        insert_rows(
            "registry_modelalias",
            ("registered_model_id", "alias", "model_version_id"),
            [(model.pk, alias, found.pk)],
            on_conflict="(registered_model_id, alias) DO UPDATE SET model_version_id = excluded.model_version_id",
        )
        note_event(
            *(EventKind.ALIAS_SET, model),
            user=user,
            version=number,
            key=alias,
            before=str(before or ""),
            after=str(number),
            note=note,
            data={"alias": alias},
        )

    write()


def delete_alias(name: str, alias: str, *, note: str = "", user) -> None:
    """Fine to repeat."""
    check_description(note, "note")

    @transactional
    def write() -> None:
        model = held_model(name, user=user)
        version = _version_of(model, alias)
        if version is not None:
            ModelAlias.objects.filter(registered_model=model, alias=alias).delete()
            note_deleted(model, alias, version, note=note, user=user)

    write()


def note_deleted(model: RegisteredModel, alias: str, version: int, *, note: str = "", user) -> None:
    note_event(
        *(EventKind.ALIAS_DELETED, model),
        user=user,
        version=version,
        key=alias,
        before=str(version),
        note=note,
        data={"alias": alias},
    )


def _version_of(model: RegisteredModel, alias: str) -> int | None:
    found = fetch_object(ModelAlias, "registered_model_id = %s AND alias = %s", (model.pk, alias))
    return found and fetch_object(ModelVersion, "id = %s", (found.model_version_id,)).version
