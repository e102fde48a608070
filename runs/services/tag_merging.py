"""Merge one tag's key into another, of runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from runs.ingest.limits import check_key
from runs.ingest.writer import TAG_COLUMNS, TAG_UPSERT
from runs.keys import intern_keys, key_ids
from runs.models import Job, KeyKind, Run, RunTag
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from runs.services.audit import record
from runs.services.jobs import add_job
from runs.services.key_counts import count
from runs.services.run_numbers import packed
from trackui.db import insert_rows
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.body import check_text
from trackui.transactions import transactional

KIND = "merge_tags"
CHUNK = 500
# What becomes of those that have both keys with different values.
KEEP_NEW, TAKE_OLD, LEAVE = "keep", "take", "leave"
# Each says something of one run, which is kept beside it.
OWN_TAGS = {RUN_NAME_TAG, PARENT_RUN_TAG}


def check_keys(old: str, new: str, *, own: set[str]) -> None:
    """`own`: keys that mean something to the server."""
    for key in (old, new):
        check_key(check_text(key))
        if key in own:
            raise InvalidParameterValue(f"The tag '{key}' means something to the server: it cannot be merged.")
    if old == new:
        raise InvalidParameterValue("The two keys are one.")


@transactional
def merge_run_tags(pks: Sequence[int], *, old: str, new: str, conflicts: str) -> int:
    """Of these runs; how many lost the old key. Fine to repeat. Some ten statements, and one an experiment."""
    gone = key_ids([old]).get(old)
    if gone is None:
        return 0
    kept = intern_keys([new])[new]
    runs = Run.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    held = list(runs.values_list("pk", flat=True))
    tags = RunTag.objects.filter(run__in=held, key__in=(gone, kept)).values_list("run", "key", "experiment", "value")
    values = {(run, key): (experiment, value) for run, key, experiment, value in tags}
    merged, stored, left, joined = [], [], Counter(), Counter()
    for run in held:
        if (run, gone) not in values:
            continue
        experiment, here = values[run, gone]
        _, there = values.get((run, kept), (experiment, None))
        if there not in (None, here) and conflicts == LEAVE:
            continue
        merged.append(run)
        left[experiment] += 1
        joined[experiment] += there is None
        if there is None or (there != here and conflicts == TAKE_OLD):
            stored.append((run, kept, experiment, here))
    insert_rows("runs_runtag", TAG_COLUMNS, stored, on_conflict=TAG_UPSERT)
    RunTag.objects.filter(run__in=merged, key=gone).delete()
    for experiment in sorted(left):
        changes = [(gone, -left[experiment]), (kept, joined[experiment])]
        count(experiment, [(KeyKind.TAG.value, key, change, 0) for key, change in changes if change])
    return len(merged)


@transactional
def start_run_merging(pks: Sequence[int], *, old: str, new: str, conflicts: str, token: str, user) -> Job:
    """In the background, for these runs. `token`: of the page that asked: sent twice, it is one job."""
    check_keys(old, new, own=OWN_TAGS)
    earlier = Job.objects.filter(kind=KIND, fingerprint=token).first()
    if earlier is not None:
        return earlier
    options = {"old": old, "new": new, "conflicts": conflicts}
    job = add_job(
        KIND,
        title=f"Merge the tag {old} of runs into {new}"[:500],
        arguments={**options, "runs": packed(np.sort(pks))},
        user=user,
        fingerprint=token,
    )
    record(user, "tags.merge", "runs", "", count=len(pks), job=job.pk, **options)
    return job
