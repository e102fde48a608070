"""What is kept of a job while it is worked on: each change one short transaction."""

from runs.jobs.patience import patient
from runs.models import Job, JobState
from trackui.clock import now_ms
from trackui.transactions import transactional


@patient
@transactional
def begin(pk: int) -> Job | None:
    """The job, running from now on; None when there is nothing to do any more."""
    job = Job.objects.select_for_update().filter(pk=pk).first()
    if job is None or job.is_over:
        return None
    now = now_ms()
    job.state, job.beat_time = JobState.RUNNING, now
    job.start_time = job.start_time or now
    job.save(update_fields=["state", "beat_time", "start_time"])
    return job


@transactional
def tell(pk: int, done: int, total: int | None) -> bool:
    """Keep how far it has come; whether it is still wanted."""
    Job.objects.filter(pk=pk).update(done=done, total=total, beat_time=now_ms())
    return Job.objects.filter(pk=pk, wants_stop=False).exists()


@transactional
def beat(pk: int) -> None:
    """Somebody is at it."""
    Job.objects.filter(pk=pk, state=JobState.RUNNING).update(beat_time=now_ms())


@patient
@transactional
def end(pk: int, state: JobState, *, result: dict | None = None, error: str = "", **counts: int | None) -> None:
    Job.objects.filter(pk=pk).update(state=state, result=result, error=error, end_time=now_ms(), **counts)


@patient
@transactional
def wait_again(pk: int) -> None:
    Job.objects.filter(pk=pk, state=JobState.RUNNING).update(state=JobState.WAITING, beat_time=None)
