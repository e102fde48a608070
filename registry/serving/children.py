"""Processes of ours that serve a model: started without a shell, told that their parent is gone by the end of their
standard input, and never left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

READY = "ready"
TAIL_LINES = 25
# Characters; what goes on for longer without an end of line is passed on in pieces.
LONGEST_LINE = 8192
STOP_SECONDS = 70.0
KILL_SECONDS = 5.0


class Child:
    """A process that prints `ready` when it is. What it says otherwise goes on to our standard error."""

    def __init__(
        self, command: Sequence[str | Path], *, environ: Mapping[str, str], folder: Path | None = None
    ) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._ready = threading.Event()
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the parent alone: what was started is finished first
        )
        readers = ((self._process.stdout, True), (self._process.stderr, False))
        self._readers = [threading.Thread(target=self._read, args=reader, daemon=True) for reader in readers]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self, seconds: float) -> bool:
        """False when it has ended instead, or has not said so in time."""
        self._ready.wait(seconds)
        return self.is_running and self._said_ready

    def wait(self, seconds: float | None = None) -> int:
        """Its exit status, once all it said has been read."""
        status = self._process.wait(seconds)
        for reader in self._readers:
            reader.join(KILL_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to finish what it has begun, and end."""
        self._process.terminate()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Returns when it is gone, with all that it started."""
        self.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        # What a model forked holds its memory and our pipes. The group is named after its first process.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()
        self._process.stdin.close()

    def said(self) -> str:
        return "\n".join(f"  {line}" for line in self.tail)

    _said_ready = False

    def _read(self, stream, is_output: bool) -> None:
        while line := stream.readline(LONGEST_LINE):
            if is_output and not self._said_ready and line.strip() == READY:
                self._said_ready = True
                self._ready.set()
                continue
            self.tail.append(line.rstrip())
            print(line, end="", file=sys.stderr, flush=True)
        if is_output:
            self._ready.set()  # it says no more
