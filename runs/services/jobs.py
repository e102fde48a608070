"""Long work, left to the worker beside the server."""

from runs.jobs.task import run_job
from runs.models import Experiment, Job, JobState
from runs.services.audit import person
from trackui.clock import now_ms
from trackui.transactions import transactional


@transactional
def start_job(
    kind: str, *, title: str, arguments: dict, user, experiment: Experiment | None = None, fingerprint: str = ""
) -> Job:
    """Work registered in `runs.jobs`, to be done soon; `arguments` are JSON.

    With a `fingerprint` (of at most 64 characters), a job of the same kind and fingerprint that is done or under way
    is answered instead.
    """
    return (fingerprint and _same(kind, fingerprint)) or add_job(
        kind, title=title, arguments=arguments, user=user, experiment=experiment, fingerprint=fingerprint
    )


def add_job(
    kind: str, *, title: str, arguments: dict, user, experiment: Experiment | None = None, fingerprint: str = ""
) -> Job:
    """As start_job, always a new one, inside an open transaction."""
    job = Job.objects.create(
        kind=kind,
        title=title,
        experiment=experiment,
        user_id=person(user),
        arguments=arguments,
        fingerprint=fingerprint,
        creation_time=now_ms(),
    )
    run_job.enqueue(job.pk)
    return job


@transactional
def stop_job(job: Job) -> None:
    """One that waits is over at once; one that runs stops where it next says how far it has come."""
    jobs = Job.objects.filter(pk=job.pk)
    if not jobs.filter(state=JobState.WAITING).update(state=JobState.STOPPED, wants_stop=True, end_time=now_ms()):
        jobs.filter(state=JobState.RUNNING).update(wants_stop=True)


def _same(kind: str, fingerprint: str) -> Job | None:
    usable = (JobState.WAITING, JobState.RUNNING, JobState.DONE)
    same = Job.objects.filter(kind=kind, fingerprint=fingerprint, state__in=usable, wants_stop=False)
    return same.order_by("-creation_time").first()
