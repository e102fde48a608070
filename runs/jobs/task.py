"""The one task in the queue of django-tasks: do the work of a job."""

import logging

from django_tasks import task

from runs.jobs.progress import JobInterrupted, JobStopped, Progress
from runs.jobs.registry import work_of
from runs.jobs.states import begin, end, wait_again
from runs.models import JobState
from trackui.errors import TrackingError

logger = logging.getLogger("trackui.jobs")


@task()
def run_job(pk: int) -> None:
    """However the work ends, the job says so; JobInterrupted when it waits for another worker."""
    job = begin(pk)
    if job is None:
        return
    progress = Progress(pk, done=job.done, total=job.total)
    try:
        result = work_of(job.kind)(progress, **job.arguments)
    except JobStopped:
        end(pk, JobState.STOPPED, **progress.counts)
    except JobInterrupted:
        wait_again(pk)
        raise
    except TrackingError as error:
        end(pk, JobState.FAILED, error=error.message, **progress.counts)
    except Exception as error:
        # What it says can hold paths and SQL, so only the log has it.
        logger.exception("Job %s (%s) failed", pk, job.kind)
        told = f"An error that nobody expected ({type(error).__name__}); the server's log has it whole."
        end(pk, JobState.FAILED, error=told, **progress.counts)
    else:
        end(pk, JobState.DONE, result=result, **progress.counts)
