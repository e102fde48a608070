"""Many runs at once: all that were named, in one transaction."""

from collections.abc import Sequence

from runs.models import Experiment, LifecycleStage, Run
from trackui.clock import now_ms
from trackui.transactions import transactional


@transactional
def delete_runs(experiment: Experiment, run_ids: Sequence[str], *, user) -> int:
    """Soft. How many were active and are not now."""
    runs = _runs(experiment, run_ids, user).active()
    return runs.update(lifecycle_stage=LifecycleStage.DELETED, deleted_time=now_ms())


@transactional
def restore_runs(experiment: Experiment, run_ids: Sequence[str], *, user) -> int:
    """How many were deleted and are active now."""
    runs = _runs(experiment, run_ids, user).deleted()
    return runs.update(lifecycle_stage=LifecycleStage.ACTIVE, deleted_time=None)


def _runs(experiment: Experiment, run_ids: Sequence[str], user):
    return Run.objects.visible_to(user).filter(experiment=experiment, run_id__in=run_ids)
