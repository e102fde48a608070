"""Folders made once and named by what they are made of: environments, copies of models."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STAGING_PREFIX = ".staging-"
REMOVED_PREFIX = ".removed-"


@dataclass
class HeldFolder:
    """A folder of the cache that nobody removes until `release()`, or until this process ends."""

    path: Path
    _lock: int

    def release(self) -> None:
        if self._lock >= 0:
            self.touch()
            os.close(self._lock)
            self._lock = -1

    def touch(self) -> None:
        """Note that it is in use now."""
        with suppress(FileNotFoundError):  # the operator may clear everything away
            os.utime(self.path)

    def __enter__(self) -> HeldFolder:
        return self

    def __exit__(self, *exc_info) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of the cache. `used`: seconds since the epoch; `size`: bytes on disk."""

    key: str
    used: float
    size: int


class ContentCache:
    """The folder `root`/<key> is there whole or not at all, whatever crashes. Locks lie beside as <key>.lock.

    Keys are names of files. Processes of this machine may share a cache; they wait for each other by `flock`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def hold(self, key: str, make: Callable[[Path, Path], None], *, when_waiting=lambda: None) -> HeldFolder:
        """The folder, made by `make(staging, final)` where it is not there yet: in `staging`, then renamed to `final`.

        `when_waiting` is called where another process is making it.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.root / key
        lock = os.open(self.root / f"{key}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _is_held(lock, path):
                _wait_alone(lock, when_waiting)
                if not path.is_dir():
                    self._make(path, make)
            held = HeldFolder(path, lock)
            held.touch()
            return held
        except BaseException:
            os.close(lock)
            raise

    def entries(self) -> list[Kept]:
        """The longest unused first. Looks at every file."""
        if not self.root.is_dir():
            return []
        folders = [path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith(".")]
        found = [Kept(path.name, path.stat().st_mtime, size_on_disk(path)) for path in folders]
        return sorted(found, key=lambda entry: entry.used)

    def prune(self, *, older_than: float | None = None, more_than: int | None = None) -> list[Kept]:
        """Remove what was not used for `older_than` seconds, then the longest unused until `more_than` bytes are left.

        What is in use stays. Answers what was removed.
        """
        entries = self.entries()
        total, removed = sum(entry.size for entry in entries), []
        for entry in entries:
            is_old = older_than is not None and time.time() - entry.used > older_than
            is_much = more_than is not None and total > more_than
            if (is_old or is_much) and self._remove(entry.key):
                total -= entry.size
                removed.append(entry)
        return removed

    def _make(self, path: Path, make: Callable[[Path, Path], None]) -> None:
        for left in self.root.glob(f"{STAGING_PREFIX}{path.name}-*"):  # by a process that died
            shutil.rmtree(left)
        staging = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{path.name}-", dir=self.root))
        try:
            make(staging, path)
            staging.rename(path)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise

    def _remove(self, key: str) -> bool:
        """At once for others: by a rename first."""
        lock = os.open(self.root / f"{key}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        gone = self.root / f"{REMOVED_PREFIX}{key}"
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(gone, ignore_errors=True)
            (self.root / key).rename(gone)
        except (BlockingIOError, FileNotFoundError):
            return False
        finally:
            os.close(lock)
        shutil.rmtree(gone, ignore_errors=True)
        return True


def _is_held(lock: int, path: Path) -> bool:
    """Whether the folder is there, and now held beside others. Nobody removes it while the lock is shared."""
    if not path.is_dir():
        return False
    fcntl.flock(lock, fcntl.LOCK_SH)
    return path.is_dir()


def _wait_alone(lock: int, when_waiting: Callable[[], None]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        when_waiting()
        fcntl.flock(lock, fcntl.LOCK_EX)


def size_on_disk(folder: Path) -> int:
    """Bytes of all files in it; what is linked to several times counts as often."""
    return sum(
        os.lstat(os.path.join(parent, name)).st_blocks * 512 for parent, _, names in os.walk(folder) for name in names
    )
