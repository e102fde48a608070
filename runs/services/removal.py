"""Archived runs removed for good: their files, then every row."""

from collections.abc import Sequence

from runs.artifacts.files import remove_artifacts
from runs.artifacts.locations import stored_path
from runs.metrics.whole_runs import remove_metrics
from runs.models import LifecycleStage, ModelInput, ModelOutput, Param, Run, RunInput, RunTag
from runs.services.key_counts import count, keys_of
from runs.services.many_runs import held_runs
from trackui.errors import NotImplementedHere
from trackui.transactions import transactional


def remove_runs(pks: Sequence[int], experiment: int) -> int:
    """How many were removed. Files first: after a crash between the two, the run is still there to be removed again.

    Files in a store that is not ours stay; models that a run logged are removed by themselves.
    """
    archived = Run.objects.filter(pk__in=pks, experiment=experiment, lifecycle_stage=LifecycleStage.DELETED)
    for run_id, artifact_uri in archived.values_list("run_id", "artifact_uri"):
        try:
            path = stored_path(artifact_uri)
        except NotImplementedHere:
            continue
        remove_artifacts(path.parent if path.parent.name == run_id else path)
    return _remove_rows(pks, experiment)


@transactional(when_full=True)
def _remove_rows(pks: Sequence[int], experiment: int) -> int:
    held = held_runs(pks, experiment, LifecycleStage.DELETED)
    if not held:
        return 0
    count(experiment, keys_of(held), sign=-1)
    remove_metrics(held)
    for model in (Param, RunTag, ModelInput, ModelOutput, RunInput):
        model.objects.filter(run__in=held).delete()
    Run.objects.filter(parent__in=held).update(parent=None)
    Run.objects.filter(pk__in=held).delete()
    return len(held)
