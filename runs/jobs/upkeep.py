"""Jobs whose worker is gone, and tasks that are long over."""

from datetime import timedelta

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from runs.jobs.queue import give_up, job_pk, put_back
from runs.jobs.states import end, wait_again
from runs.models import Job, JobState
from trackui.clock import now_ms
from trackui.transactions import transactional

SILENT_MS = 60_000
ATTEMPTS = 3
KEPT_DAYS = 7
# So that a transaction stays short.
PRUNED_AT_ONCE = 1_000


def take_back(task: DBTaskResult) -> None:
    """Let another worker do what one has died over; after three, it is the job's own fault."""
    if len(task.worker_ids) < ATTEMPTS:
        wait_again(job_pk(task))
        put_back(task, is_attempt=True)
    else:
        told = "The worker ended unexpectedly three times, maybe for want of memory; it is not tried again."
        end(job_pk(task), JobState.FAILED, error=told)
        give_up(task)


def take_back_lost() -> int:
    """All whose worker has not been heard of for a minute; how many."""
    since = now_ms() - SILENT_MS
    lost = [
        task
        for task in DBTaskResult.objects.running()
        if task.started_at.timestamp() * 1_000 < since
        and not Job.objects.filter(pk=job_pk(task), beat_time__gte=since).exists()
    ]
    for task in lost:
        take_back(task)
    return len(lost)


@transactional
def prune() -> int:
    """Remove tasks that ended a week ago, up to a thousand; jobs themselves stay."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    over = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    old = DBTaskResult.objects.filter(status__in=over, finished_at__lt=before)
    return DBTaskResult.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE])).delete()[0]
