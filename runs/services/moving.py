"""Runs moved to another experiment, with all that is kept of them."""

from collections.abc import Sequence

from runs.metrics.whole_runs import move_metrics
from runs.models import Dataset, LoggedModel, Param, Run, RunInput, RunTag
from runs.services.experiments import active_experiment
from runs.services.key_counts import count, keys_of
from runs.services.many_runs import held_runs
from trackui.db import SHARED
from trackui.transactions import transactional


@transactional
def move_runs(pks: Sequence[int], experiment: int, *, target: int) -> int:
    """How many were moved. Their files stay where they are: an artifact_uri does not change.

    Datasets they read are those of the same name and digest there; models they logged go with them.
    """
    active_experiment(str(target), user=None, lock=SHARED)
    held = held_runs(pks, experiment)
    if not held:
        return 0
    keys = keys_of(held)
    Run.objects.filter(pk__in=held).update(experiment=target)
    for model in (Param, RunTag):
        model.objects.filter(run__in=held).update(experiment=target)
    move_metrics(held, target)
    # In the order of experiments, whichever way runs go.
    for place, sign in sorted([(experiment, -1), (target, 1)]):
        count(place, keys, sign=sign)
    _move_datasets(held, target)
    run_ids = list(Run.objects.filter(pk__in=held).values_list("run_id", flat=True))
    LoggedModel.objects.filter(source_run_id__in=run_ids, experiment=experiment).update(experiment=target)
    return len(held)


def _move_datasets(pks: Sequence[int], target: int) -> None:
    read = Dataset.objects.filter(inputs__run__in=pks).exclude(experiment=target).distinct()
    for dataset in read.order_by("name", "digest"):
        same, _ = Dataset.objects.get_or_create(
            experiment_id=target,
            name=dataset.name,
            digest=dataset.digest,
            defaults={
                "source_type": dataset.source_type,
                "source": dataset.source,
                "schema": dataset.schema,
                "profile": dataset.profile,
            },
        )
        RunInput.objects.filter(run__in=pks, dataset=dataset).update(dataset=same)
