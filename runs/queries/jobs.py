"""Background jobs as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runs.models import Job, JobState
from trackui.clock import now_ms

PAGE_SIZE = 50
# A job that nobody has begun for so long waits for a worker that is not there.
UNATTENDED_MS = 20_000


@dataclass(frozen=True, slots=True)
class JobRow:
    """`ahead`: how many jobs are to be done before it, while it waits. Times are milliseconds."""

    job: Job
    now: int
    ahead: int = 0

    @property
    def is_unattended(self) -> bool:
        """Nobody works on anything, and it has waited for some time."""
        return (
            self.job.state == JobState.WAITING and not self.ahead and self.now - self.job.creation_time > UNATTENDED_MS
        )

    @property
    def percent(self) -> float | None:
        """How far it has come; None where nobody knows how much there is."""
        if self.job.state == JobState.DONE:
            return 100.0
        return min(100.0, 100 * self.job.done / self.job.total) if self.job.total else None

    @property
    def left(self) -> int | None:
        """Milliseconds it takes if it goes on as it has; None before there is anything to tell from."""
        job = self.job
        if job.state != JobState.RUNNING or not job.total or not job.done or job.start_time is None:
            return None
        return round((self.now - job.start_time) / job.done * (job.total - job.done))

    @property
    def result_text(self) -> str:
        text = (self.job.result or {}).get("text")
        return text if isinstance(text, str) else ""

    @property
    def result_path(self) -> str:
        """Of ours: jobs write it, and a page links to it."""
        path = (self.job.result or {}).get("path")
        return path if isinstance(path, str) and path.startswith("/") and not path.startswith("//") else ""


@dataclass(frozen=True, slots=True)
class JobList:
    rows: list[JobRow]
    # The last one shown, where there are older ones.
    older: int | None

    @property
    def has_unfinished(self) -> bool:
        return any(not row.job.is_over for row in self.rows)


def job_list(user, *, before: int | None = None) -> JobList:
    """The newest fifty, or those older than the job of that number. Two statements at most."""
    jobs = Job.objects.visible_to(user).select_related("experiment").order_by("-pk")
    if before is not None:
        jobs = jobs.filter(pk__lt=before)
    found = list(jobs[: PAGE_SIZE + 1])
    rows = _rows(found[:PAGE_SIZE])
    return JobList(rows, found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None)


def job_row(job: Job) -> JobRow:
    return _rows([job])[0]


def all_jobs(user) -> Iterator[Job]:
    return Job.objects.visible_to(user).order_by("-pk").iterator(chunk_size=500)


def _rows(jobs: list[Job]) -> list[JobRow]:
    waiting = [job.pk for job in jobs if job.state == JobState.WAITING]
    unfinished = sorted(Job.objects.under_way().values_list("pk", flat=True)[:1_000]) if waiting else []
    now = now_ms()
    return [JobRow(job, now, sum(pk < job.pk for pk in unfinished) if job.pk in waiting else 0) for job in jobs]
