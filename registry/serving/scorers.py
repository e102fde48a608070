"""The scoring processes of one model, kept running."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from registry.serving.children import Child
from registry.serving.front.board import Posted
from registry.serving.front.frames import receive_frame, send_frame

PROGRAM = Path(__file__).resolve().parent / "scorer" / "__main__.py"
# A model of many gigabytes takes its time.
LOAD_SECONDS = 900.0
WARM_UP_SECONDS = 30.0
# One that dies at once is started again after this long, then after twice as long.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LIVED_SECONDS = 60.0
CANNOT_BE_LOADED = "The model cannot be loaded"


class CannotLoad(Exception):
    """A scoring process ended instead of getting ready; the message has what it said last."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What scorers are started with: an interpreter that has the model's packages, and MODEL.json.

    `posted`: what answers say of the model; its sockets come later. `example`: a request of JSON that is made of each
    process before others, as first ones are slow; what comes of it is not looked at.
    """

    python: Path
    model: Path
    posted: Posted
    threads: int = 1
    environ: Mapping[str, str] = field(default_factory=dict)
    example: bytes = b""


class ScorerGroup:
    """`count` processes. Those that end by themselves are started again; `when_changed` is called at each change, and
    `when_gone` once all are gone for good.
    """

    _numbers = itertools.count()

    def __init__(
        self,
        launch: Launch,
        *,
        count: int,
        sockets: Path,
        when_changed: Callable[[], None],
        when_gone: Callable[[], None] = lambda: None,
    ) -> None:
        self.launch = launch
        self.count = count
        self._folder = sockets
        self._when_changed = when_changed
        self._when_gone = when_gone
        self._changed = threading.Condition()
        self._running: dict[str, Child] = {}
        self._ready: list[str] = []
        self._failure: str | None = None
        self._is_stopping = threading.Event()
        self._keepers: list[threading.Thread] = []

    @property
    def posted(self) -> Posted:
        posted = self.launch.posted
        with self._changed:
            return Posted(posted.model, posted.headers, posted.mlflow_version, tuple(self._ready))

    def start(self) -> None:
        """Returns when all are ready. CannotLoad when one is not: `stop()` then ends the others."""
        self._keepers = [threading.Thread(target=self._keep, daemon=True) for _ in range(self.count)]
        for keeper in self._keepers:
            keeper.start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure is not None or len(self._ready) == self.count or self._is_stopping.is_set()
            )
            failure = self._failure
        if failure is not None:
            raise CannotLoad(failure)
        if self._is_stopping.is_set():
            raise CannotLoad("The server stops.")

    def stop(self) -> None:
        """What was started is finished, then all are gone."""
        self._is_stopping.set()
        with self._changed:
            self._changed.notify_all()
            running = list(self._running.values())
        for child in running:
            child.terminate()
        for child in running:
            child.stop()
        for keeper in self._keepers:
            keeper.join()
        self._when_gone()

    def _keep(self) -> None:
        pause, has_been_ready = FIRST_PAUSE, False
        while not self._is_stopping.is_set():
            path = str(self._folder / f"s{next(self._numbers)}")
            with self._changed:
                child = self._running[path] = self._child(path)
            if self._is_stopping.is_set():
                child.terminate()
            began = time.monotonic()
            if child.wait_until_ready(LOAD_SECONDS) and self._warm_up(child, path):
                has_been_ready = True
                self._note(path, is_ready=True)
                child.wait()
                self._note(path, is_ready=False)
            child.stop()
            with self._changed:
                del self._running[path]
            Path(path).unlink(missing_ok=True)
            if not has_been_ready and not self._is_stopping.is_set():
                self._fail(child)
                return
            pause = FIRST_PAUSE if time.monotonic() - began > LIVED_SECONDS else min(2 * pause, LONGEST_PAUSE)
            self._is_stopping.wait(pause)

    def _warm_up(self, child: Child, path: str) -> bool:
        """Whether the process lives on."""
        if self.launch.example:
            with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(WARM_UP_SECONDS)
                connection.connect(path)
                send_frame(connection, b'{"op": "score", "content_type": "application/json"}', self.launch.example)
                receive_frame(connection, deadline=time.monotonic() + WARM_UP_SECONDS)
        return child.is_running

    def _child(self, path: str) -> Child:
        launch = self.launch
        arguments = ["--model", str(launch.model), "--socket", path, "--threads", str(launch.threads)]
        return Child([launch.python, "-I", PROGRAM, *arguments], environ=launch.environ)

    def _note(self, path: str, *, is_ready: bool) -> None:
        with self._changed:
            if is_ready:
                self._ready.append(path)
            else:
                self._ready.remove(path)
            self._changed.notify_all()
        self._when_changed()

    def _fail(self, child: Child) -> None:
        with self._changed:
            self._failure = failure_of(child)
            self._changed.notify_all()


def failure_of(child: Child) -> str:
    """In a line: the whole has been said before, by the process itself."""
    said = next((line for line in reversed(child.tail) if line.strip()), "it ended without a word.")
    line = said if said.startswith(CANNOT_BE_LOADED) else f"{CANNOT_BE_LOADED}: {said}"
    return f"{line} (--env-manager virtualenv builds what a model needs.)" if "ModuleNotFoundError" in line else line
