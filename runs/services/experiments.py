"""Create, rename, tag, delete and restore experiments."""

from collections.abc import Mapping

from django.db import IntegrityError

from runs.artifacts.locations import checked_location, default_location
from runs.ingest.limits import (
    MAX_CUSTOM_VIEWS_PER_EXPERIMENT,
    MAX_EXPERIMENT_NAME_LENGTH,
    MAX_EXPERIMENT_TAG_VAL_LENGTH,
    check_count,
    check_key,
    check_length,
    too_long,
)
from runs.keys import intern_keys, key_ids
from runs.models import Experiment, ExperimentTag, LifecycleStage, Run
from runs.models.access import readable_experiments
from runs.services.audit import record
from trackui.clock import now_ms
from trackui.db import HELD, fetch_object, insert_rows
from trackui.errors import InvalidParameterValue, ResourceAlreadyExists, ResourceDoesNotExist, shorten
from trackui.transactions import transactional

CUSTOM_VIEW_PREFIX = "mlflow.customView"


@transactional
def create_experiment(
    name: str, *, artifact_location: str = "", tags: Mapping[str, str] | None = None, user
) -> Experiment:
    """The name must be free, also of deleted experiments: ResourceAlreadyExists."""
    return insert_experiment(name, artifact_location=artifact_location, tags=tags or {})


def insert_experiment(name: str, *, artifact_location: str = "", tags: Mapping[str, str]) -> Experiment:
    """Create inside an open transaction."""
    check_experiment_name(name)
    check_count("tags", len(tags))
    for key, value in tags.items():
        check_experiment_tag(key, value)
    if artifact_location:
        artifact_location = checked_location(artifact_location)
    now = now_ms()
    rows = insert_rows(
        "runs_experiment",
        ("name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time"),
        [(name, artifact_location, LifecycleStage.ACTIVE.value, now, now)],
        on_conflict="(name) DO NOTHING",
        returning="id",
    )
    if not rows:
        raise already_exists(name)
    experiment = Experiment.objects.get(pk=rows[0][0])
    if not artifact_location:
        experiment.artifact_location = default_location(experiment.experiment_id)
        experiment.save(update_fields=["artifact_location"])
    store_tags(experiment, tags)
    return experiment


def check_experiment_name(name: str) -> str:
    if not name.strip():
        raise InvalidParameterValue(f"Invalid experiment name: '{shorten(name)}'. It must not be blank.")
    return check_length("name", name, MAX_EXPERIMENT_NAME_LENGTH)


def check_experiment_tag(key: str, value: str) -> None:
    check_key(key, "key", "key")
    if len(value) > MAX_EXPERIMENT_TAG_VAL_LENGTH:
        raise too_long("value", MAX_EXPERIMENT_TAG_VAL_LENGTH)


def already_exists(name: str) -> ResourceAlreadyExists:
    return ResourceAlreadyExists(
        f"Experiment(name={shorten(name)}) already exists. "
        "A deleted experiment keeps its name until it is removed for good."
    )


@transactional
def rename_experiment(experiment_id: str, new_name: str, *, user) -> None:
    experiment = active_experiment(experiment_id, user=user)
    before = experiment.name
    rename_held(experiment, new_name)
    note_change(experiment, "rename", user=user, before=before, after=new_name)


def note_change(experiment: Experiment, action: str, *, user, **detail) -> None:
    """In the audit list."""
    subject = ("experiment", experiment.experiment_id)
    record(user, f"experiment.{action}", *subject, experiment=experiment, **detail)


def rename_held(experiment: Experiment, new_name: str) -> None:
    """Rename an experiment that the open transaction holds."""
    check_experiment_name(new_name)
    if Experiment.objects.filter(name=new_name).exclude(pk=experiment.pk).exists():
        raise already_exists(new_name)
    experiment.name, experiment.last_update_time = new_name, now_ms()
    try:
        experiment.save(update_fields=["name", "last_update_time"])
    except IntegrityError:
        raise already_exists(new_name) from None


def set_experiment_tag(experiment_id: str, key: str, value: str, *, user) -> None:
    check_experiment_tag(key, value)

    @transactional
    def write() -> None:
        experiment = active_experiment(experiment_id, user=user)
        if key.startswith(CUSTOM_VIEW_PREFIX):
            check_custom_views(experiment, key)
        if experiment.tags.filter(key__name=key, value=value).exists():
            return
        store_tags(experiment, {key: value})
        note_change(experiment, "tag", user=user, key=key, value=shorten(value))

    write()


@transactional
def delete_experiment_tag(experiment_id: str, key: str, *, user) -> None:
    experiment = active_experiment(experiment_id, user=user)
    ids = key_ids([key])
    deleted, _ = ExperimentTag.objects.filter(experiment=experiment, key__in=ids.values()).delete()
    if not deleted:
        raise ResourceDoesNotExist(f"No tag with name: {shorten(key)} in experiment with id {experiment.pk}")
    note_change(experiment, "untag", user=user, key=key)


@transactional
def delete_experiment(experiment_id: str, *, user) -> None:
    """Soft: its active runs are deleted with it."""
    experiment = held_experiment(experiment_id, user=user)
    if not experiment.is_active:
        raise not_found(experiment_id)
    now = now_ms()
    _set_stage(experiment, LifecycleStage.DELETED, now)
    runs = experiment.runs.active().update(lifecycle_stage=LifecycleStage.DELETED, deleted_time=now)
    note_change(experiment, "archive", user=user, name=experiment.name, runs=runs)


@transactional
def restore_experiment(experiment_id: str, *, user) -> None:
    """All of its deleted runs come back with it."""
    experiment = held_experiment(experiment_id, user=user)
    if experiment.is_active:
        raise not_found(experiment_id)
    _set_stage(experiment, LifecycleStage.ACTIVE, now_ms())
    archived = Run.objects.deleted().filter(experiment=experiment)
    runs = archived.update(lifecycle_stage=LifecycleStage.ACTIVE, deleted_time=None)
    note_change(experiment, "restore", user=user, name=experiment.name, runs=runs)


def _set_stage(experiment: Experiment, stage: LifecycleStage, now: int) -> None:
    experiment.lifecycle_stage, experiment.last_update_time = stage, now
    experiment.save(update_fields=["lifecycle_stage", "last_update_time"])


def held_experiment(experiment_id: str, *, user, lock: str = HELD) -> Experiment:
    """The experiment, held against other writers until the transaction ends."""
    readable, params = readable_experiments(user, "id")
    experiment = fetch_object(Experiment, f"id = %s AND {readable}", (experiment_pk(experiment_id), *params), lock=lock)
    if experiment is None:
        raise not_found(experiment_id)
    return experiment


def active_experiment(experiment_id: str, *, user, lock: str = HELD) -> Experiment:
    experiment = held_experiment(experiment_id, user=user, lock=lock)
    if not experiment.is_active:
        raise InvalidParameterValue(
            f"The experiment {experiment.pk} must be in the 'active' state. "
            f"Current state is {experiment.lifecycle_stage}."
        )
    return experiment


def experiment_pk(experiment_id: str) -> int:
    """Decimal text to a key; InvalidParameterValue for anything else."""
    if not (experiment_id.isascii() and experiment_id.isdigit() and len(experiment_id) <= 18):
        raise InvalidParameterValue(
            f"Invalid experiment ID '{shorten(experiment_id)}'. Experiment ID must be a valid integer."
        )
    return int(experiment_id)


def not_found(experiment_id: str) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"No Experiment with id={shorten(experiment_id)} exists")


def check_custom_views(experiment: Experiment, key: str) -> None:
    views = experiment.tags.filter(key__name__startswith=CUSTOM_VIEW_PREFIX).exclude(key__name=key).count()
    if views >= MAX_CUSTOM_VIEWS_PER_EXPERIMENT:
        raise InvalidParameterValue(f"An experiment can hold at most {MAX_CUSTOM_VIEWS_PER_EXPERIMENT} custom views.")


def store_tags(experiment: Experiment, tags: Mapping[str, str]) -> None:
    ids = intern_keys(tags)
    insert_rows(
        "runs_experimenttag",
        ("experiment_id", "key_id", "value"),
        [(experiment.pk, ids[key], value) for key, value in tags.items()],
        on_conflict="(experiment_id, key_id) DO UPDATE SET value = excluded.value",
    )
