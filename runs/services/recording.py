"""A whole run in one go: made, filled and finished in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError

from runs.ingest.batch import Batch
from runs.ingest.writer import write_batch
from runs.metrics.points import Columns
from runs.metrics.seal import seal_run
from runs.models import Experiment, Run, RunStatus
from runs.services.experiments import active_experiment, insert_experiment
from runs.services.run_endings import announce_end
from runs.services.runs import insert_run
from runs.services.sealing import seal_rest
from trackui.errors import ResourceAlreadyExists, ResourceDoesNotExist, shorten
from trackui.transactions import transactional


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What is known of the run; names and values are checked already.

    The experiment is given by id or by name; by name it can be created. With a `run_id` of the
    caller's own, recording the same run again is refused, so a request may be repeated safely.
    """

    experiment_id: str = "0"
    experiment_name: str = ""
    create_experiment: bool = False
    run_id: str = ""
    name: str = ""
    user_id: str = ""
    status: str = RunStatus.FINISHED.value
    start_time: int
    end_time: int | None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, Columns] = field(default_factory=dict)


def record_run(recording: Recording, *, user) -> Run:
    """Store all of it, durably, or nothing."""
    try:
        run, has_more_to_seal = _insert(recording, user)
    except IntegrityError:
        if not recording.run_id:
            raise
        # Two at once with the same run_id: the database has decided.
        raise already_recorded(recording.run_id) from None
    if has_more_to_seal:
        seal_rest(run.pk)
    return run


@transactional
def _insert(recording: Recording, user) -> tuple[Run, bool]:
    if recording.run_id and Run.objects.filter(run_id=recording.run_id).exists():
        raise already_recorded(recording.run_id)
    run, _ = insert_run(
        _experiment(recording, user),
        name=recording.name,
        user_id=recording.user_id,
        start_time=recording.start_time,
        end_time=recording.end_time,
        status=recording.status,
        run_id=recording.run_id,
        tags=recording.tags,
    )
    write_batch(run, Batch(points=recording.points, params=dict(recording.params)))
    if run.is_finished:
        announce_end(run)
    return run, run.is_finished and seal_run(run.pk)


def _experiment(recording: Recording, user) -> Experiment:
    name = recording.experiment_name
    if not name:
        return active_experiment(recording.experiment_id, user=user)
    found = _named(name, user)
    if found is None and recording.create_experiment:
        try:
            return insert_experiment(name, tags={})
        except ResourceAlreadyExists:
            found = _named(name, user)
    if found is None:
        raise ResourceDoesNotExist(
            f"No experiment is named '{shorten(name)}'. Create it first, or send \"create_experiment\": true."
        )
    return active_experiment(found, user=user)


def _named(name: str, user) -> str | None:
    pk = Experiment.objects.visible_to(user).filter(name=name).values_list("pk", flat=True).first()
    return None if pk is None else str(pk)


def already_recorded(run_id: str) -> ResourceAlreadyExists:
    return ResourceAlreadyExists(f"Run '{run_id}' exists already; nothing was changed.")
