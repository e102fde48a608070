"""ExperimentKey kept true when whole runs join or leave an experiment."""

from collections.abc import Sequence

from django.db.models import Count

from runs.ingest.writer import EXPERIMENT_KEY_COLUMNS, EXPERIMENT_KEY_UPSERT
from runs.metrics.whole_runs import metric_keys
from runs.models import KeyKind, Param, RunTag
from trackui.db import insert_rows

# Kind, key, runs that have it, and those where it is a number.
KeyCount = tuple[int, int, int, int]


def keys_of(pks: Sequence[int]) -> list[KeyCount]:
    """What these runs count for. Three statements."""
    params = Param.objects.filter(run__in=pks).values_list("key").annotate(Count("run"), Count("number"))
    tags = RunTag.objects.filter(run__in=pks).values_list("key").annotate(Count("run"))
    return [
        *((KeyKind.PARAM.value, *row) for row in params.order_by()),
        *((KeyKind.TAG.value, *row, 0) for row in tags.order_by()),
        *((KeyKind.METRIC.value, key, runs, runs) for key, runs in metric_keys(pks)),
    ]


def count(experiment: int, keys: Sequence[KeyCount], *, sign: int = 1) -> None:
    """Add them, or take them away with a `sign` of -1; sorted, so that writers do not deadlock."""
    rows = [(experiment, kind, key, sign * runs, sign * numeric) for kind, key, runs, numeric in sorted(keys)]
    insert_rows("runs_experimentkey", EXPERIMENT_KEY_COLUMNS, rows, on_conflict=EXPERIMENT_KEY_UPSERT)
