"""What can be done to very many runs at once, as a job: which runs is fixed when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from runs.ingest.batch import check_tags
from runs.models import Experiment, Job, LifecycleStage
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from runs.services.audit import record
from runs.services.jobs import add_job
from runs.services.many_runs import archive_runs, restore_runs, tag_runs, untag_runs
from runs.services.moving import move_runs
from runs.services.removal import remove_runs
from runs.services.run_numbers import packed
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import KeyValue
from trackui.transactions import transactional

KIND = "bulk"
# Each says something of one run, which others cannot share.
OWN_TAGS = {RUN_NAME_TAG, PARENT_RUN_TAG}


@dataclass(frozen=True, slots=True)
class BulkAction:
    """`change(pks, experiment, **options)` does a chunk; `stage`: of the runs it is for, None for all."""

    name: str
    verb: str
    done: str
    stage: LifecycleStage | None
    change: Callable[..., int]
    chunk: int
    is_final: bool = False


ACTIONS = {
    action.name: action
    for action in (
        BulkAction("tag", "Tag", "tagged", LifecycleStage.ACTIVE, tag_runs, 500),
        BulkAction("untag", "Remove a tag from", "without the tag now", LifecycleStage.ACTIVE, untag_runs, 500),
        BulkAction("archive", "Archive", "archived", LifecycleStage.ACTIVE, archive_runs, 500),
        BulkAction("restore", "Restore", "restored", LifecycleStage.DELETED, restore_runs, 500),
        BulkAction("move", "Move", "moved", None, move_runs, 50),
        BulkAction("remove", "Delete for good", "deleted for good", LifecycleStage.DELETED, remove_runs, 20, True),
    )
}


@transactional
def start_bulk(
    action: BulkAction,
    pks: np.ndarray,
    *,
    experiment: Experiment,
    options: Mapping[str, object],
    asked: str,
    token: str,
    user,
) -> Job:
    """Do it to these runs. `asked`: in words, which they are, for the audit list; `token`: of the page that asked,
    so that a form sent twice is one job.
    """
    earlier = Job.objects.filter(kind=KIND, fingerprint=token).first()
    if earlier is not None:
        return earlier
    title = f"{action.verb} {len(pks):,} {'run' if len(pks) == 1 else 'runs'} of {experiment.name}"
    arguments = {"action": action.name, "experiment": experiment.pk, "runs": packed(pks), "options": dict(options)}
    job = add_job(KIND, title=title[:500], arguments=arguments, user=user, experiment=experiment, fingerprint=token)
    record(
        user,
        f"runs.{action.name}",
        "experiment",
        experiment.experiment_id,
        experiment=experiment,
        count=len(pks),
        runs=asked,
        job=job.pk,
        **options,
    )
    return job


def checked_tag(key: str, value: str) -> dict[str, str]:
    """The options of `tag`."""
    if key in OWN_TAGS:
        raise InvalidParameterValue(f"The tag '{key}' is each run's own: it is changed on the run's page.")
    ((key, value),) = check_tags([KeyValue(key=key, value=value)]).items()
    return {"key": key, "value": value}
