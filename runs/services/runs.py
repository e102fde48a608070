"""Create, update, rename, delete and restore runs."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection

from runs.ingest.batch import Batch, check_tags
from runs.ingest.limits import MAX_TAG_VAL_LENGTH, check_count, check_length
from runs.ingest.writer import held_run, parent_key, run_for_writing, write_batch
from runs.metrics.seal import seal_run
from runs.models import Experiment, LifecycleStage, Run, RunStatus
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from runs.services.audit import record
from runs.services.experiments import active_experiment
from runs.services.names import random_name
from runs.services.run_endings import announce_end
from runs.services.sealing import seal_rest
from trackui.clock import now_ms
from trackui.db import SHARED, insert_rows, update_row
from trackui.errors import InvalidParameterValue, shorten
from trackui.group_commit import write_together
from trackui.mlflow_api.fields import INT64_MAX, KeyValue, invalid
from trackui.transactions import transactional

MAX_USER_LENGTH = 256


def create_run(
    experiment_id: str,
    *,
    name: str = "",
    user_id: str = "",
    start_time: int | None = None,
    tags: Iterable[KeyValue] = (),
    user,
) -> tuple[Run, dict[str, str]]:
    """Start a run; answers it with the tags it now has. A name is made up when none is given."""
    tags = list(tags)
    check_count("tags", len(tags))
    tag_values = check_tags(tags)

    def write() -> tuple[Run, dict[str, str]]:
        experiment = active_experiment(experiment_id, user=user, lock=SHARED)
        return insert_run(experiment, name=name, user_id=user_id, start_time=start_time, tags=tag_values)

    return write_together(write)


def insert_run(
    experiment: Experiment,
    *,
    name: str = "",
    user_id: str = "",
    start_time: int | None = None,
    end_time: int | None = None,
    status: str = RunStatus.RUNNING,
    run_id: str = "",
    tags: Mapping[str, str],
) -> tuple[Run, dict[str, str]]:
    """Create inside an open transaction; `tags` are checked already. A `run_id` must be new: the caller sees to it."""
    name = _agreed_name(name, tags.get(RUN_NAME_TAG, ""))
    check_length("user_id", user_id, MAX_USER_LENGTH)
    check_time("start_time", start_time)
    check_time("end_time", end_time)
    tags = {**tags, RUN_NAME_TAG: name}
    run_id = run_id or uuid.uuid4().hex
    run = Run(
        run_id=run_id,
        experiment_id=experiment.pk,
        name=name,
        user_id=user_id,
        status=status,
        start_time=now_ms() if start_time is None else start_time,
        end_time=end_time,
        artifact_uri=run_location(experiment.artifact_location, run_id),
        parent_id=parent_key(tags[PARENT_RUN_TAG]) if PARENT_RUN_TAG in tags else None,
    )
    run.pk = _insert(run)
    # Name and parent are on the row already: only the tags are left to store.
    write_batch(run, Batch(tags=tags), follow_tags=False)
    return run, tags


def _insert(run: Run) -> int:
    fields = [field for field in Run._meta.concrete_fields if not field.primary_key]
    row = tuple(field.get_db_prep_save(getattr(run, field.attname), connection) for field in fields)
    return insert_rows("runs_run", [field.column for field in fields], [row], returning="id")[0][0]


def _agreed_name(name: str, tag: str) -> str:
    if name and tag and name != tag:
        raise InvalidParameterValue(
            f"Both 'run_name' and the tag '{RUN_NAME_TAG}' were given, but they differ: "
            f"'{shorten(name)}' and '{shorten(tag)}'."
        )
    return check_length("run_name", name or tag or random_name(), MAX_TAG_VAL_LENGTH)


def run_location(location: str, run_id: str) -> str:
    """Below the experiment's location; before its query string where it has one."""
    path, mark, query = location.partition("?")
    return f"{path.rstrip('/')}/{run_id}/artifacts{mark}{query}"


def check_time(path: str, time: int | None) -> None:
    if time is not None and not 0 <= time <= INT64_MAX:
        raise invalid(path, time, "It must be a non-negative 64-bit integer of milliseconds since the epoch.")


def update_run(
    run_id: str,
    *,
    status: str | None = None,
    end_time: int | None = None,
    name: str | None = None,
    user,
) -> Run:
    """Change what is given; a zero end time leaves the stored one. A run that ends has its points sealed."""
    check_time("end_time", end_time)
    if name:
        check_length("run_name", name, MAX_TAG_VAL_LENGTH)

    def write() -> tuple[Run, bool]:
        run = run_for_writing(run_id, user=user)
        was_finished = run.is_finished
        if status is not None:
            run.status = str(status)
        if end_time:
            run.end_time = end_time
        if status is not None or end_time:
            update_row("runs_run", run.pk, {"status": run.status, "end_time": run.end_time})
        if name and name != run.name:
            write_batch(run, Batch(tags={RUN_NAME_TAG: name}))
            run.name = name
        if run.is_finished and not was_finished:
            announce_end(run)
        return run, status is not None and run.is_finished and seal_run(run.pk)

    run, has_more_to_seal = write_together(write)
    if has_more_to_seal:
        seal_rest(run.pk)
    return run


def rename_run(run_id: str, name: str, *, user) -> Run:
    if not name.strip():
        raise InvalidParameterValue("A run's name must not be blank.")
    return update_run(run_id, name=name, user=user)


@transactional
def delete_run(run_id: str, *, user) -> None:
    """Soft, and fine to repeat."""
    run = held_run(run_id, user=user)
    if run.is_active:
        run.lifecycle_stage, run.deleted_time = LifecycleStage.DELETED, now_ms()
        run.save(update_fields=["lifecycle_stage", "deleted_time"])
        record(user, "run.delete", "run", run.run_id, experiment=run.experiment)


@transactional
def restore_run(run_id: str, *, user) -> None:
    run = held_run(run_id, user=user)
    if not run.is_active:
        run.lifecycle_stage, run.deleted_time = LifecycleStage.ACTIVE, None
        run.save(update_fields=["lifecycle_stage", "deleted_time"])
        record(user, "run.restore", "run", run.run_id, experiment=run.experiment)
