"""Bytes on their way in: a file of the store's own until it is whole, then renamed to its path."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from runs.artifacts import tree
from runs.artifacts.stores import Content, StagedFile
from trackui.errors import TemporarilyUnavailable
from trackui.space import lacks_space


class LocalStagedFile(StagedFile):
    def __init__(self, *, directory: int, name: str, content: Content) -> None:
        self.directory = directory
        self.name = name
        self.content = content

    def move(self, *, to_directory: int, to_name: str) -> None:
        """Rename within the file system, over a file that may be there, and wait until the disk has it."""
        os.rename(self.name, to_name, src_dir_fd=self.directory, dst_dir_fd=to_directory)
        tree.sync(to_directory)


@contextmanager
def staged(directory: int, pieces: Iterable[bytes]) -> Iterator[LocalStagedFile]:
    """Write the pieces to a new file in `directory`, synced; removed afterwards unless moved away."""
    with tree.disk_errors():
        if lacks_space(directory):
            raise TemporarilyUnavailable("The artifact storage is full.", retry_after=30)
        name = f"upload-{uuid.uuid4().hex}"
        file = os.open(name, tree.NEW_FILE_FLAGS, tree.FILE_MODE, dir_fd=directory)
    try:
        with tree.opened(file):
            content = _fill(file, pieces)
        yield LocalStagedFile(directory=directory, name=name, content=content)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)


def _fill(file: int, pieces: Iterable[bytes]) -> Content:
    """A failed write or sync ends the upload: after one, the file's state is unknown."""
    digest = hashlib.sha256()
    size = 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        with tree.disk_errors():
            _write(file, piece)
    with tree.disk_errors():
        tree.sync(file)
    return Content(size=size, sha256=digest.hexdigest())


def _write(file: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(file, rest) :]
