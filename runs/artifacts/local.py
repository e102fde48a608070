"""The artifact store in a folder of this machine, or of a file server mounted on it."""

from __future__ import annotations

import fcntl
import hashlib
import heapq
import os
import shutil
import stat
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings

from runs.artifacts import tree
from runs.artifacts.parts import LocalUploads
from runs.artifacts.paths import RESERVED_PREFIX, ArtifactPath, is_reserved
from runs.artifacts.staging import LocalStagedFile, staged
from runs.artifacts.stores import LIST_PAGE, PIECE, ArtifactStore, Entry, Listing, OpenFile, Place
from trackui.errors import (
    InvalidParameterValue,
    RequestLimitExceeded,
    ResourceDoesNotExist,
    TemporarilyUnavailable,
    shorten,
)

STAGING = f"{RESERVED_PREFIX}staging"
# Writers of one path take turns at one of so many locked files.
LOCKS = 64
LOCK_SECONDS = 5.0
LOCK_PAUSE = 0.005


class LocalArtifacts(ArtifactStore):
    """Below `location`, or below the folder that TRACKUI_ARTIFACTS names."""

    def __init__(self, location: str | Path | None = None) -> None:
        self._location = location
        self.uploads = LocalUploads(self._staging)

    @property
    def location(self) -> Path:
        return Path(self._location or settings.TRACKUI_ARTIFACTS)

    def listing(self, path: ArtifactPath, *, after: str = "", limit: int = LIST_PAGE) -> Listing:
        """Holds no more names in memory than a page has, however large the directory."""
        with tree.disk_errors():
            try:
                with self._directory(path) as directory:
                    return _page(directory, after=after, limit=limit)
            except (FileNotFoundError, InvalidParameterValue):
                return Listing()

    def open(self, path: ArtifactPath) -> LocalOpenFile:
        with _disk(path), self._directory(path.parent) as directory:
            found = tree.kind(directory, path.name)
            if found is not None and stat.S_ISDIR(found.st_mode):
                raise _is_directory(path)
            if found is None or not stat.S_ISREG(found.st_mode):
                raise _missing(path)
            return LocalOpenFile(path.name, os.open(path.name, tree.FILE_FLAGS, dir_fd=directory))

    @contextmanager
    def stage(self, pieces: Iterable[bytes]) -> Iterator[LocalStagedFile]:
        with self._staging() as staging, staged(staging, pieces) as file:
            yield file

    @contextmanager
    def place(self, path: ArtifactPath) -> Iterator[LocalPlace]:
        with ExitStack() as stack:
            with _disk(path):
                root = stack.enter_context(self._root())
                stack.enter_context(self._turn(path))
                place = stack.enter_context(closing(LocalPlace(root, path)))
            yield place

    def check_place(self, path: ArtifactPath) -> None:
        with _disk(path), suppress(FileNotFoundError), self._directory(path.parent) as directory:
            _free_for_file(directory, path)

    def files(self, path: ArtifactPath) -> Iterator[ArtifactPath]:
        with tree.disk_errors(), suppress(FileNotFoundError), self._directory(path.parent) as directory:
            found = tree.kind(directory, path.name)
            if found is not None and stat.S_ISREG(found.st_mode):
                yield path
        after: str | None = ""
        while after is not None:
            page = self.listing(path, after=after)
            for entry in page.entries:
                child = path.child(entry.name)
                if entry.is_dir:
                    yield from self.files(child)
                else:
                    yield child
            after = page.next_after

    def remove(self, path: ArtifactPath) -> None:
        """Out of sight by one rename first: nobody sees half a directory, and no upload can slip in."""
        with _disk(path), self._staging() as staging:
            gone = f"removed-{uuid.uuid4().hex}"
            with suppress(FileNotFoundError), self._directory(path.parent) as directory:
                _refuse_link(directory, path)
                os.rename(path.name, gone, src_dir_fd=directory, dst_dir_fd=staging)
                tree.sync(directory)
            _delete(staging, gone)

    def create_upload(self, path: ArtifactPath, *, parts: int) -> str:
        self.check_place(path)
        return self.uploads.create(path, parts=parts)

    def put_part(self, upload_id: str, number: int, pieces: Iterable[bytes]) -> str:
        return self.uploads.put(upload_id, number, pieces)

    @contextmanager
    def assemble(self, upload_id: str, path: ArtifactPath, etags: dict[int, str]) -> Iterator[LocalStagedFile]:
        with self.stage(self.uploads.pieces(upload_id, path, etags)) as file:
            yield file

    def discard_upload(self, upload_id: str) -> None:
        self.uploads.discard(upload_id)

    def sweep(self, *, older_than: float) -> int:
        oldest = time.time() - older_than
        swept = 0
        with tree.disk_errors(), self._staging() as staging:
            for name in os.listdir(staging):
                found = tree.kind(staging, name)
                if found is not None and not name.startswith("lock-") and found.st_mtime < oldest:
                    _delete(staging, name)
                    swept += 1
        return swept

    @contextmanager
    def _root(self) -> Iterator[int]:
        """The folder itself may be reached through links: it is the operator's."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            root = os.open(self.location, flags)
        except FileNotFoundError:
            self.location.mkdir(mode=tree.DIRECTORY_MODE, parents=True, exist_ok=True)
            root = os.open(self.location, flags)
        with tree.opened(root):
            yield root

    @contextmanager
    def _directory(self, path: ArtifactPath) -> Iterator[int]:
        with self._root() as root, tree.opened(tree.open_directory(root, path.segments)) as directory:
            yield directory

    @contextmanager
    def _staging(self) -> Iterator[int]:
        with tree.disk_errors(), self._root() as root:
            staging = tree.make_directory(root, [STAGING])
        with tree.opened(staging):
            yield staging

    @contextmanager
    def _turn(self, path: ArtifactPath) -> Iterator[None]:
        """One writer of a path at a time, over all processes that use the folder."""
        number = hashlib.sha256(str(path).encode()).digest()[0] % LOCKS
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._staging() as staging:
            lock = os.open(f"lock-{number}", flags, tree.FILE_MODE, dir_fd=staging)
        with tree.opened(lock):
            _wait_for(lock)
            yield


class LocalOpenFile(OpenFile):
    def __init__(self, name: str, fd: int) -> None:
        found = os.fstat(fd)
        self.name = name
        self.size = found.st_size
        self.etag = f'"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"'
        self._file = os.fdopen(fd, "rb", buffering=0)

    def pieces(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        rest = self.size - start if length is None else length
        while rest:
            with tree.disk_errors():
                piece = os.pread(self._file.fileno(), min(rest, PIECE), start)
            if not piece:
                raise TemporarilyUnavailable("The stored file has become shorter while it was read.")
            start, rest = start + len(piece), rest - len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()


class LocalPlace(Place):
    def __init__(self, root: int, path: ArtifactPath) -> None:
        self._root = root
        self._path = path
        self._directory: int | None = None
        self._open()
        try:
            found = _free_for_file(self._directory, path)
        except BaseException:
            self.close()
            raise
        self.present_size = found.st_size if found else None

    def publish(self, staged: LocalStagedFile) -> None:
        with _disk(self._path):
            for attempt in range(tree.ATTEMPTS):
                if attempt:  # somebody removed the directory after it was opened
                    self.close()
                    self._open()
                with suppress(FileNotFoundError):
                    self._publish(staged)
                    return
            raise TemporarilyUnavailable("The directory of this artifact is being removed.")

    def close(self) -> None:
        if self._directory is not None:
            os.close(self._directory)
            self._directory = None

    def _open(self) -> None:
        self._directory = tree.make_directory(self._root, self._path.parent.segments)

    def _publish(self, staged: LocalStagedFile) -> None:
        _free_for_file(self._directory, self._path)
        try:
            staged.move(to_directory=self._directory, to_name=self._path.name)
        except IsADirectoryError:
            raise _is_directory(self._path) from None


@contextmanager
def _disk(path: ArtifactPath) -> Iterator[None]:
    """Disk errors in words; what is missing is named."""
    with tree.disk_errors():
        try:
            yield
        except FileNotFoundError:
            raise _missing(path) from None


def _missing(path: ArtifactPath) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"No artifact '{shorten(path)}'.")


def _is_directory(path: ArtifactPath) -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid path: '{shorten(path)}' is a directory.")


def _wait_for(lock: int) -> None:
    """A frozen process may hold it: wait, but not for ever."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise RequestLimitExceeded("Another upload to this path is under way.") from None
            time.sleep(LOCK_PAUSE)


def _free_for_file(directory: int, path: ArtifactPath) -> os.stat_result | None:
    """The file that stands there, if one does; a directory there is refused."""
    _refuse_link(directory, path)
    found = tree.kind(directory, path.name)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise _is_directory(path)
    return found


def _refuse_link(directory: int, path: ArtifactPath) -> None:
    found = tree.kind(directory, path.name)
    if found is not None and stat.S_ISLNK(found.st_mode):
        raise _missing(path)


def _page(directory: int, *, after: str, limit: int) -> Listing:
    with os.scandir(directory) as found:
        listed = (entry for entry in found if _is_listed(entry, after))
        names = heapq.nsmallest(limit + 1, ((e.name, e.is_dir(follow_symlinks=False)) for e in listed))
    entries = []
    for name, is_dir in names[:limit]:
        status = tree.kind(directory, name)
        if status is not None:
            entries.append(Entry(name=name, is_dir=is_dir, size=None if is_dir else status.st_size))
    return Listing(entries=tuple(entries), next_after=names[limit - 1][0] if len(names) > limit else None)


def _is_listed(entry: os.DirEntry, after: str) -> bool:
    """Plain files and directories; nothing of ours, no links, no name that could not be asked for."""
    if entry.name <= after or is_reserved(entry.name):
        return False
    if not entry.is_file(follow_symlinks=False) and not entry.is_dir(follow_symlinks=False):
        return False
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _delete(directory: int, name: str) -> None:
    found = tree.kind(directory, name)
    if found is None:
        return
    if stat.S_ISDIR(found.st_mode):
        shutil.rmtree(name, dir_fd=directory)
    else:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)
