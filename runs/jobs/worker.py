"""The process that does jobs, one after another, each in a child of its own.

What a job imports and holds is gone with its child, so a worker that waits stays small; and a child that dies takes
nobody with it. While a child works, its parent tells that somebody is at it.
"""

import logging
import os
import signal
import socket
import threading
import time

from django_tasks_db.models import DBTaskResult

from runs.jobs import queue
from runs.jobs.progress import Progress
from runs.jobs.states import beat
from runs.jobs.upkeep import prune, take_back, take_back_lost
from trackui.attendant import Attendant
from trackui.processes import close_connections

logger = logging.getLogger("trackui.jobs")

BEAT_SECONDS = 10.0
UPKEEP_SECONDS = 30.0
PRUNE_SECONDS = 3_600.0
# For a child to come to the next place where it can be interrupted.
STOP_SECONDS = 5.0


class Worker(Attendant):
    """`run()` until a signal says stop, or until the process `parent` is gone."""

    def __init__(self, *, parent: int | None = None) -> None:
        super().__init__(parent=parent)
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}"
        self.child: int | None = None
        self.task: DBTaskResult | None = None

    def step(self) -> None:
        if self.child is not None:
            self.watch_child()
        elif queue.has_ready():
            self.task = queue.claim(self.name)
            if self.task is not None:
                self.start_child(self.task)
        if self.is_due("upkeep", UPKEEP_SECONDS):
            take_back_lost()
        if self.is_due("prune", PRUNE_SECONDS) and self.child is None:
            prune()

    # --- The child -----------------------------------------------------------------------------

    def start_child(self, task: DBTaskResult) -> None:
        close_connections()
        self.due["beat"] = time.monotonic() + BEAT_SECONDS
        pid = os.fork()
        if pid == 0:
            end_after(lambda: self.work(task))
        self.child = pid

    def work(self, task: DBTaskResult) -> None:
        signal.signal(signal.SIGTERM, interrupt)
        for number in (signal.SIGINT, signal.SIGQUIT):  # the terminal sends these to all: its parent tells it
            signal.signal(number, signal.SIG_IGN)
        threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
        queue.work(task)

    def watch_child(self) -> None:
        pid, status = os.waitpid(self.child, os.WNOHANG)
        if not pid:
            if self.is_due("beat", BEAT_SECONDS):
                beat(queue.job_pk(self.task))
            return
        self.child = None
        if status:
            logger.error("The process of job %s ended with status %s", queue.job_pk(self.task), status)
            take_back(self.task)

    def stop(self) -> None:
        """Its job waits for the next worker, if it can be interrupted in time; else it is taken back as it is."""
        if self.child is None:
            return
        os.kill(self.child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while not (ended := os.waitpid(self.child, os.WNOHANG))[0] and time.monotonic() < deadline:
            time.sleep(0.02)
        if not ended[0]:
            os.kill(self.child, signal.SIGKILL)
            ended = os.waitpid(self.child, 0)
        if ended[1]:
            take_back(self.task)


def interrupt(number, frame) -> None:
    Progress.is_interrupted = True


def end_with(parent: int) -> None:
    """Nobody would tell that somebody is at the job, so another worker would begin it too."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def end_after(work) -> None:
    """In a child: do it and end, without what the parent has still to do at its own end."""
    status = 1
    try:
        work()
        status = 0
    except Exception:
        logger.exception("The process of a job failed")
    finally:
        close_connections()
        os._exit(status)
