"""The queue of django-tasks, read and written the way this project does: looking at it takes no lock."""

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from runs.jobs.patience import patient
from runs.jobs.progress import JobInterrupted
from trackui.transactions import transactional


def has_ready() -> bool:
    """Whether something waits. One indexed read: an idle worker asks it over and over."""
    return DBTaskResult.objects.ready().exists()


@transactional
def claim(worker_id: str) -> DBTaskResult | None:
    """The next one that waits, for this worker alone."""
    task = DBTaskResult.objects.ready().get_locked()
    if task is not None:
        task.claim(worker_id)
    return task


def work(task: DBTaskResult) -> None:
    """Do what was claimed, to its end."""
    arguments = task.args_kwargs
    try:
        task.task.call(*arguments["args"], **arguments["kwargs"])
    except JobInterrupted:
        put_back(task, is_attempt=False)
    except Exception as error:
        patient(transactional(task.set_failed))(error)
        raise
    else:
        patient(transactional(task.set_successful))(None)


@patient
@transactional
def put_back(task: DBTaskResult, *, is_attempt: bool) -> None:
    """To be claimed again. `is_attempt`: it counts as one that failed."""
    workers = task.worker_ids if is_attempt else task.worker_ids[:-1]
    DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.READY, started_at=None, worker_ids=workers
    )


@patient
@transactional
def give_up(task: DBTaskResult) -> None:
    DBTaskResult.objects.filter(pk=task.pk).update(status=TaskResultStatus.FAILED, finished_at=timezone.now())


def job_pk(task: DBTaskResult) -> int:
    """Of the job that it is for."""
    return task.args_kwargs["args"][0]


def work_all(worker_id: str = "here") -> int:
    """Do all that waits, in this process; how many there were."""
    count = 0
    while task := claim(worker_id):
        work(task)
        count += 1
    return count
