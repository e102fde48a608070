"""Put away versions that have served their time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from registry.models import ModelVersion, RegisteredModel, Stage
from registry.services.model_versions import transition_stage
from registry.services.registered_models import held_model
from runs.models import Job
from runs.services.audit import person, record
from runs.services.jobs import add_job
from runs.services.run_numbers import packed
from trackui.clock import now_ms
from trackui.transactions import all_or_none, transactional

KIND = "registry.archive_versions"
CHUNK = 50
DAY = 24 * 3600 * 1000
MOST_DAYS = 36_500


def made_before(days: int) -> int:
    """The moment so many days ago."""
    return now_ms() - days * DAY


def reason(days: int) -> str:
    """The note beside each move, unless somebody gives another."""
    return f"Older than {days} days, without an alias, in no stage."


@all_or_none
def archive_outlived(pks: Sequence[int], *, before: int, note: str, user) -> int:
    """Archive those of these versions that are still outlived; how many. One transaction: call it with a CHUNK."""
    models = RegisteredModel.objects.filter(versions__in=pks).distinct().order_by("pk")
    for name in models.values_list("name", flat=True):
        held_model(name, user=user)
    found = list(ModelVersion.objects.visible_to(user).filter(pk__in=pks).outlived(before))
    for version in found:
        transition_stage(version.name, version.version, Stage.ARCHIVED, note=note, user=user)
    return len(found)


@transactional
def start_archiving(pks: Sequence[int], *, before: int, days: int, token: str, user) -> Job:
    """Archive these versions in the background. `token`: of the page that asked: sent twice, it is one job."""
    earlier = Job.objects.filter(kind=KIND, fingerprint=token).first()
    if earlier is not None:
        return earlier
    count = f"{len(pks):,} {'version' if len(pks) == 1 else 'versions'}"
    arguments = {"versions": packed(np.sort(pks)), "before": before, "note": reason(days), "user": person(user)}
    title = f"Archive {count} older than {days} days"
    job = add_job(KIND, title=title, arguments=arguments, user=user, fingerprint=token)
    record(user, "versions.archive", "registry", "", count=len(pks), days=days, job=job.pk)
    return job
