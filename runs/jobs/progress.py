"""How far the work of a job has come, and whether it should go on."""

import time

from runs.jobs.states import tell
from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable

TOLD_SECONDS = 0.5


class JobStopped(Exception):
    """A person stopped the job."""


class JobInterrupted(Exception):
    """The worker has to end; the job waits for the next one."""


class Progress:
    """`progress(done, total)`; a `total` of None is not known yet. Written at most twice a second."""

    # Set by a worker that has to end.
    is_interrupted = False

    def __init__(self, job_pk: int, *, done: int = 0, total: int | None = None) -> None:
        self.job_pk = job_pk
        self.done = done
        self.total = total
        self._told = float("-inf")

    def __call__(self, done: int, total: int | None = None) -> None:
        self.done, self.total = done, total
        if Progress.is_interrupted:
            raise JobInterrupted
        now = time.monotonic()
        if now - self._told < TOLD_SECONDS:
            return
        self._told = now
        try:
            is_wanted = tell(self.job_pk, done, total)
        except (RequestLimitExceeded, TemporarilyUnavailable):
            return  # told the next time
        if not is_wanted:
            raise JobStopped

    @property
    def counts(self) -> dict[str, int | None]:
        return {"done": self.done, "total": self.total}
