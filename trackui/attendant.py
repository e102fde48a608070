"""A process beside the server that looks, over and over, for something to do."""

import logging
import os
import signal
import time

from django.db import Error

from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable
from trackui.processes import close_connections

logger = logging.getLogger("trackui.attendant")

POLL_SECONDS = 0.5
# Before the database is asked again, when it failed.
FAULT_SECONDS = 2.0

ORDERLY = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


class Attendant:
    """`run()` until a signal says stop, or until the process `parent` is gone; then `stop()`."""

    def __init__(self, *, parent: int | None = None) -> None:
        self.parent = parent
        self.is_stopping = False
        self.due: dict[str, float] = {}

    def run(self) -> None:
        for number in ORDERLY:
            signal.signal(number, self.on_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ORDERLY)
        while not self.is_stopping and not self.is_orphan():
            try:
                self.step()
                self.wait()
            except (Error, RequestLimitExceeded, TemporarilyUnavailable) as error:
                logger.warning("%s waits for the database (%s)", type(self).__name__, type(error).__name__)
                close_connections()
                time.sleep(FAULT_SECONDS)
        self.stop()

    def step(self) -> None:
        """Do what there is, and come back soon."""
        raise NotImplementedError

    def wait(self) -> None:
        """Before the next look."""
        time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Leave nothing behind."""

    def on_signal(self, number, frame) -> None:
        self.is_stopping = True

    def is_orphan(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent

    def is_due(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self.due.get(what, 0.0):
            return False
        self.due[what] = now + seconds
        return True
