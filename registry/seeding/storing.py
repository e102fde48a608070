"""Whole models, some a transaction: past the services, which make one change at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from registry.models import VersionStatus
from registry.seeding.history import CHAMPION, SeededModel
from trackui.db import insert_rows, many_rows
from trackui.transactions import transactional

VERSIONS_A_TRANSACTION = 2_000
MODEL_COLUMNS = (
    *("name", "description", "user_id", "creation_time", "last_updated_time", "last_version", "is_prompt"),
)
VERSION_COLUMNS = (
    *("registered_model_id", "name", "version", "stage", "description", "user_id", "source", "storage_location"),
    *("run_id", "run_link", "model_id", "status", "status_message", "creation_time", "last_updated_time", "is_prompt"),
)
EVENT_COLUMNS = (
    *("time", "user_id", "kind", "registered_model_id", "name", "version", "key", "before", "after", "note"),
)


def store_models(models: Iterable[SeededModel], *, versions: int, tell: Callable[[int], None]) -> None:
    """All of them, of about so many versions each; `tell` hears how many models each transaction stored."""
    with many_rows():
        for chunk in _chunks(iter(models), max(1, VERSIONS_A_TRANSACTION // max(1, versions))):
            _store(chunk)
            tell(len(chunk))


def _chunks(models: Iterator[SeededModel], size: int) -> Iterator[list[SeededModel]]:
    while chunk := list(islice(models, size)):
        yield chunk


@transactional
def _store(models: Sequence[SeededModel]) -> None:
    rows = [
        (model.name, model.description, model.user, model.created, model.updated, len(model.versions), False)
        for model in models
    ]
    pks = dict(insert_rows("registry_registeredmodel", MODEL_COLUMNS, rows, returning="name, id"))
    tags = [(pks[model.name], key, value) for model in models for key, value in model.tags.items()]
    insert_rows("registry_registeredmodeltag", ("registered_model_id", "key", "value"), tags)
    versions = _store_versions(models, pks)
    aliases = [
        (pks[model.name], CHAMPION, versions[pks[model.name], model.champion])
        for model in models
        if model.champion is not None
    ]
    insert_rows("registry_modelalias", ("registered_model_id", "alias", "model_version_id"), aliases)
    events = [
        (event.time, event.user, event.kind.value, pks[model.name], model.name, *event[3:])
        for model in models
        for event in model.events
    ]
    insert_rows("registry_modelevent", EVENT_COLUMNS, events)


def _store_versions(models: Sequence[SeededModel], pks: dict[str, int]) -> dict[tuple[int, int], int]:
    """Their primary keys, by model and number."""
    rows = [
        (
            *(pks[model.name], model.name, version.number, version.stage.value, "", version.user),
            *(f"runs:/{version.run_id}/model", f"runs:/{version.run_id}/model", version.run_id, "", ""),
            *(VersionStatus.READY.value, "", version.created, version.updated, False),
        )
        for model in models
        for version in model.versions
    ]
    stored = insert_rows("registry_modelversion", VERSION_COLUMNS, rows, returning="registered_model_id, version, id")
    found = {(model, number): pk for model, number, pk in stored}
    tags = [
        (found[pks[model.name], version.number], key, value)
        for model in models
        for version in model.versions
        for key, value in version.tags.items()
    ]
    insert_rows("registry_modelversiontag", ("model_version_id", "key", "value"), tags)
    return found
