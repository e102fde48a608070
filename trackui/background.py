"""Processes kept running beside gunicorn's workers by the same parent: that of jobs, and that of webhooks."""

import os
import signal
import time

from django.conf import settings
from django.core.management import call_command
from gunicorn.arbiter import Arbiter

from trackui.processes import close_connections

# One that cannot run is not started over and over without a pause.
RESTART_SECONDS = 2.0
# A worker gives a job five seconds to come to a place where it can be interrupted.
STOP_SECONDS = 8.0


def background_commands() -> list[str]:
    return ["worker", *(["deliver_webhooks"] if settings.TRACKUI_WEBHOOK_HOSTS else [])]


class Background:
    """One command as a process of its own, started again when it ends."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.pid: int | None = None
        self.next_start = 0.0

    def is_to_be_started(self) -> bool:
        if self.is_running() or time.monotonic() < self.next_start:
            return False
        self.next_start = time.monotonic() + RESTART_SECONDS
        return True

    def is_running(self) -> bool:
        """gunicorn waits for children of all kinds, and can have taken notice of its end before we ask."""
        if self.pid is None:
            return False
        try:
            ended, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            ended = self.pid
        if ended:
            self.pid = None
        return not ended

    def tell(self, number: int) -> None:
        if self.is_running():
            os.kill(self.pid, number)


class TrackuiArbiter(Arbiter):
    """gunicorn's parent process, with more children. Those die with it, however it dies."""

    def __init__(self, app) -> None:
        self.background = [Background(command) for command in background_commands()]
        self.is_stopping = False
        super().__init__(app)

    def manage_workers(self) -> None:
        super().manage_workers()
        for background in self.background:
            if not self.is_stopping and background.is_to_be_started():
                self.start_background(background)

    def start_background(self, background: Background) -> None:
        close_connections()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            background.pid = pid
            return
        status = 1
        try:
            for number in (*self.SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            for listener in self.LISTENERS:
                listener.close()
            call_command(background.command, parent=parent)
            status = 0
        except Exception:
            self.log.exception("The command %s ended", background.command)
        finally:
            os._exit(status)

    def stop(self, graceful: bool = True) -> None:
        """Called twice on Ctrl-C."""
        self.is_stopping = True
        self.tell_background(signal.SIGTERM)
        super().stop(graceful)
        deadline = time.monotonic() + STOP_SECONDS
        while any(background.is_running() for background in self.background) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.tell_background(signal.SIGKILL)

    def tell_background(self, number: int) -> None:
        for background in self.background:
            background.tell(number)
