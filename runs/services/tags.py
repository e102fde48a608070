"""Set and delete tags of runs; name and parent of a run are kept in step by `runs.ingest`."""

from runs.ingest.batch import Batch, check_tags
from runs.ingest.writer import log_batch, run_for_writing, uncount_key
from runs.keys import key_ids
from runs.models import KeyKind, Run, RunTag
from runs.models.run import PARENT_RUN_TAG
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.mlflow_api.fields import KeyValue
from trackui.transactions import transactional


def set_tag(run_id: str, key: str, value: str, *, user) -> None:
    log_batch(run_id, Batch(tags=check_tags([KeyValue(key=key, value=value)], path="")), user=user)


@transactional
def delete_tag(run_id: str, key: str, *, user) -> None:
    run = run_for_writing(run_id, user=user)
    found = key_ids([key])
    deleted, _ = RunTag.objects.filter(run=run, key__in=found.values()).delete()
    if not deleted:
        raise ResourceDoesNotExist(f"No tag with name: {shorten(key)} in run with id {run.run_id}")
    uncount_key(run.experiment_id, KeyKind.TAG, found[key])
    if key == PARENT_RUN_TAG:
        Run.objects.filter(pk=run.pk).update(parent=None)
