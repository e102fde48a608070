"""Changes to many runs: each call one transaction, and no more than a second of it for the runs of a chunk.

Runs are given by primary key. Those that are not there, or not as the change needs them, are passed over; so what
was done is not done twice when it is called again. Each answers how many runs it changed.
"""

from collections.abc import Sequence

from runs.ingest.writer import TAG_COLUMNS, TAG_UPSERT
from runs.keys import intern_keys, key_ids
from runs.models import KeyKind, LifecycleStage, Run, RunTag
from runs.services.key_counts import count
from trackui.clock import now_ms
from trackui.db import insert_rows
from trackui.transactions import transactional


def held_runs(pks: Sequence[int], experiment: int, stage: LifecycleStage | None = None) -> list[int]:
    """Those of the experiment that are in the stage, held against other writers until the transaction ends."""
    runs = Run.objects.select_for_update(no_key=True).filter(pk__in=pks, experiment=experiment)
    if stage is not None:
        runs = runs.filter(lifecycle_stage=stage)
    return list(runs.order_by("pk").values_list("pk", flat=True))


@transactional
def tag_runs(pks: Sequence[int], experiment: int, *, key: str, value: str) -> int:
    """Set a tag of active runs, whatever it was."""
    held = held_runs(pks, experiment, LifecycleStage.ACTIVE)
    number = intern_keys([key])[key]
    had = RunTag.objects.filter(run__in=held, key=number).count()
    rows = [(pk, number, experiment, value) for pk in held]
    insert_rows("runs_runtag", TAG_COLUMNS, rows, on_conflict=TAG_UPSERT)
    if len(held) > had:
        count(experiment, [(KeyKind.TAG.value, number, len(held) - had, 0)])
    return len(held)


@transactional
def untag_runs(pks: Sequence[int], experiment: int, *, key: str) -> int:
    """Remove a tag from active runs that have it."""
    number = key_ids([key]).get(key)
    if number is None:
        return 0
    held = held_runs(pks, experiment, LifecycleStage.ACTIVE)
    removed, _ = RunTag.objects.filter(run__in=held, key=number).delete()
    if removed:
        count(experiment, [(KeyKind.TAG.value, number, removed, 0)], sign=-1)
    return removed


@transactional
def archive_runs(pks: Sequence[int], experiment: int) -> int:
    """Soft: MLflow's deleted stage."""
    held = held_runs(pks, experiment, LifecycleStage.ACTIVE)
    return Run.objects.filter(pk__in=held).update(lifecycle_stage=LifecycleStage.DELETED, deleted_time=now_ms())


@transactional
def restore_runs(pks: Sequence[int], experiment: int) -> int:
    held = held_runs(pks, experiment, LifecycleStage.DELETED)
    return Run.objects.filter(pk__in=held).update(lifecycle_stage=LifecycleStage.ACTIVE, deleted_time=None)
