"""The worker of background jobs, kept running beside gunicorn's workers by the same parent."""

import os
import signal
import time

from django.core.management import call_command
from gunicorn.arbiter import Arbiter

from trackui.processes import close_connections

COMMAND = "worker"
# One that cannot run is not started over and over without a pause.
RESTART_SECONDS = 2.0
# It gives a job five seconds to come to a place where it can be interrupted.
STOP_SECONDS = 8.0


class TrackuiArbiter(Arbiter):
    """gunicorn's parent process, with one more child. That one dies with it, however it dies."""

    def __init__(self, app) -> None:
        self.background: int | None = None
        self.next_start = 0.0
        self.is_stopping = False
        super().__init__(app)

    def manage_workers(self) -> None:
        super().manage_workers()
        if not self.is_stopping and not self.has_background() and time.monotonic() >= self.next_start:
            self.next_start = time.monotonic() + RESTART_SECONDS
            self.start_background()

    def start_background(self) -> None:
        close_connections()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self.background = pid
            return
        status = 1
        try:
            for number in (*self.SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            for listener in self.LISTENERS:
                listener.close()
            call_command(COMMAND, parent=parent)
            status = 0
        except Exception:
            self.log.exception("The worker of background jobs ended")
        finally:
            os._exit(status)

    def has_background(self) -> bool:
        """gunicorn waits for children of all kinds, and can have taken notice of its end before we ask."""
        if self.background is None:
            return False
        try:
            ended, _ = os.waitpid(self.background, os.WNOHANG)
        except ChildProcessError:
            ended = self.background
        if ended:
            self.background = None
        return not ended

    def stop(self, graceful: bool = True) -> None:
        """Called twice on Ctrl-C."""
        self.is_stopping = True
        self.tell_background(signal.SIGTERM)
        super().stop(graceful)
        deadline = time.monotonic() + STOP_SECONDS
        while self.has_background() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.tell_background(signal.SIGKILL)

    def tell_background(self, number: int) -> None:
        if self.has_background():
            os.kill(self.background, number)
