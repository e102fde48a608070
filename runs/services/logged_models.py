"""Create, finalize, tag and delete logged models."""

import uuid
from collections.abc import Mapping

from runs.ingest.limits import check_count, check_length
from runs.models import LoggedModel, LoggedModelStatus, LoggedModelTag
from runs.services.experiments import active_experiment
from runs.services.names import random_name
from trackui.clock import now_ms
from trackui.db import insert_rows
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.transactions import transactional

MAX_KEY_LENGTH = 255
MAX_NAME_LENGTH = 500
MAX_VALUE_LENGTH = 100_000
FORBIDDEN_IN_NAME = "/:.%\"'"


def create_logged_model(
    experiment_id: str,
    *,
    name: str | None = None,
    model_type: str = "",
    source_run_id: str = "",
    params: Mapping[str, str],
    tags: Mapping[str, str],
    user,
) -> LoggedModel:
    """A pending model. Names need not be unique; the source run is not looked up."""
    name = random_name() if name is None else name
    if not name or any(character in name for character in FORBIDDEN_IN_NAME):
        raise InvalidParameterValue(
            f"Invalid model name ('{shorten(name)}') provided. It must be a non-empty string without "
            f"any of these characters: {' '.join(FORBIDDEN_IN_NAME)}"
        )
    check_length("name", name, MAX_NAME_LENGTH)
    check_length("model_type", model_type, MAX_NAME_LENGTH)
    check_length("source_run_id", source_run_id, 256)
    _check_pairs("params", params)
    _check_pairs("tags", tags)

    @transactional
    def write() -> LoggedModel:
        experiment = active_experiment(experiment_id, user=user)
        model_id = f"m-{uuid.uuid4().hex}"
        now = now_ms()
        model = LoggedModel.objects.create(
            model_id=model_id,
            experiment=experiment,
            name=name,
            model_type=model_type,
            source_run_id=source_run_id,
            artifact_uri=f"{experiment.artifact_location.rstrip('/')}/models/{model_id}/artifacts",
            creation_time=now,
            last_updated_time=now,
        )
        _insert_params(model, params)
        _set_tags(model, tags)
        return model

    return write()


@transactional
def finalize_logged_model(model_id: str, status: LoggedModelStatus, *, user) -> LoggedModel:
    """Ready or failed; may be repeated and changed."""
    model = held_model(model_id, user=user)
    model.status, model.last_updated_time = status, now_ms()
    model.save(update_fields=["status", "last_updated_time"])
    return model


@transactional
def delete_logged_model(model_id: str, *, user) -> None:
    """Soft, and fine to repeat."""
    model = held_model(model_id, user=user, deleted_too=True)
    if model.deleted_time is None:
        model.deleted_time = now_ms()
        model.save(update_fields=["deleted_time"])


def set_logged_model_tags(model_id: str, tags: Mapping[str, str], *, user) -> LoggedModel:
    _check_pairs("tags", tags)

    @transactional
    def write() -> LoggedModel:
        model = held_model(model_id, user=user)
        _set_tags(model, tags)
        return model

    return write()


@transactional
def delete_logged_model_tag(model_id: str, key: str, *, user) -> None:
    model = held_model(model_id, user=user)
    deleted, _ = LoggedModelTag.objects.filter(model=model, key=key).delete()
    if not deleted:
        raise ResourceDoesNotExist(f"No tag with key {shorten(key)!r} in model with ID {model.model_id!r}.")


def log_logged_model_params(model_id: str, params: Mapping[str, str], *, user) -> None:
    """Params are written once; an equal one again is fine."""
    _check_pairs("params", params)

    @transactional
    def write() -> None:
        model = held_model(model_id, user=user)
        stored = dict(model.params.filter(key__in=params).values_list("key", "value"))
        for key, value in params.items():
            if stored.get(key, value) != value:
                raise InvalidParameterValue(
                    f"Changing param values is not allowed. Param with key='{shorten(key)}' was already logged "
                    f"with value='{shorten(stored[key])}' for model ID='{model.model_id}'."
                )
        _insert_params(model, {key: value for key, value in params.items() if key not in stored})

    write()


def held_model(model_id: str, *, user, deleted_too: bool = False) -> LoggedModel:
    """The model, held against other writers until the transaction ends."""
    model = LoggedModel.objects.visible_to(user).select_for_update().filter(model_id=model_id).first()
    if model is None or (model.deleted_time is not None and not deleted_too):
        raise model_not_found(model_id)
    return model


def model_not_found(model_id: str) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"Logged model with ID '{shorten(model_id)}' not found.")


def _check_pairs(kind: str, pairs: Mapping[str, str]) -> None:
    check_count(kind, len(pairs))
    for key, value in pairs.items():
        if not key:
            raise InvalidParameterValue("A key must not be empty.")
        check_length("key", key, MAX_KEY_LENGTH)
        check_length("value", value, MAX_VALUE_LENGTH)


def _insert_params(model: LoggedModel, params: Mapping[str, str]) -> None:
    insert_rows(
        "runs_loggedmodelparam",
        ("model_id", "key", "value"),
        [(model.pk, key, value) for key, value in params.items()],
    )


def _set_tags(model: LoggedModel, tags: Mapping[str, str]) -> None:
    insert_rows(
        "runs_loggedmodeltag",
        ("model_id", "key", "value"),
        [(model.pk, key, value) for key, value in tags.items()],
        on_conflict="(model_id, key) DO UPDATE SET value = excluded.value",
    )
