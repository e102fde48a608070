"""One model served: its scorers and the front before them, and another model put in its place without a pause."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from registry.serving.children import Child
from registry.serving.front.board import Board
from registry.serving.front.server import FrontConfig
from registry.serving.scorers import CannotLoad, Launch, ScorerGroup

PROGRAM = Path(__file__).resolve().parent / "front" / "__main__.py"
FRONT_SECONDS = 60.0
# For requests that were being handed to the old model when the new one was posted.
DRAIN_SECONDS = 1.0
# Bytes that all systems take, and those of the names that are made below a folder.
LONGEST_SOCKET_PATH, NAME_BYTES = 100, 30


class CannotServe(Exception):
    """The front did not start; the message says why."""


class Supervisor:
    """Without Django, so that it works in an image too. `folder`: private, with a path short enough for sockets."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.folder = folder
        self.workers = workers
        self.board = Board(folder / "board.json")
        self.front: Child | None = None
        self.group: ScorerGroup | None = None
        self._posting = threading.RLock()
        self._loading: ScorerGroup | None = None
        self._is_stopping = False
        self._retiring: list[threading.Thread] = []

    def load(self, launch: Launch, *, when_gone: Callable[[], None] = lambda: None) -> None:
        """Start the scorers of a model beside those that serve, then put them in their place. CannotLoad leaves
        everything as it was. `when_gone` is called when this model's processes are gone, however that comes.
        """
        group = ScorerGroup(
            launch, count=self.workers, sockets=self.folder, when_changed=self.post, when_gone=when_gone
        )
        with self._posting:
            self._loading = group
        try:
            if self._is_stopping:
                raise CannotLoad("The server stops.")
            group.start()
        except BaseException:
            group.stop()
            raise
        with self._posting:
            old, self.group, self._loading = self.group, group, None
            self.post()
        if old is not None:
            thread = threading.Thread(target=retire, args=[old], daemon=True)
            self._retiring = [*filter(threading.Thread.is_alive, self._retiring), thread]
            thread.start()

    def post(self) -> None:
        with self._posting:
            if self.group is not None:
                self.board.post(self.group.posted)

    def start_front(self, config: FrontConfig, *, environ: Mapping[str, str]) -> None:
        """Returns when it answers."""
        path = self.folder / "front.json"
        config.write(path)
        self.front = Child([sys.executable, "-I", PROGRAM, path], environ=environ)
        if not self.front.wait_until_ready(FRONT_SECONDS):
            self.front.stop()
            raise CannotServe(f"The front did not start:\n{self.front.said()}")

    def stop(self) -> None:
        """No new request is taken, what was started is finished, and all processes are gone."""
        self._is_stopping = True
        if self.front is not None:
            self.front.stop()
        with self._posting:
            groups = {self.group, self._loading} - {None}
        for group in groups:
            group.stop()
        for thread in self._retiring:
            thread.join()


def retire(group: ScorerGroup) -> None:
    time.sleep(DRAIN_SECONDS)
    group.stop()


def socket_folder(preferred: Path) -> Path:
    """A new private folder: below `preferred` where paths of sockets in it are short enough, else a temporary one.

    Folders there of processes that were killed are removed.
    """
    preferred.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in preferred.iterdir():
        if not is_running(left.name.partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    is_short = len(os.fsencode(preferred)) + NAME_BYTES <= LONGEST_SOCKET_PATH
    prefix = f"{os.getpid()}-" if is_short else "trackui-"
    return Path(tempfile.mkdtemp(prefix=prefix, dir=preferred if is_short else None))


def is_running(pid: str) -> bool:
    """Also of what is no number, and so not the name of a folder of ours."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        pass
    return True
