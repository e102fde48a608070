"""The interface of an artifact store, and the one this installation uses.

Not Django's Storage: that renames on a conflict, wants to seek in what it saves, lists a directory whole
and promises nothing about a crash. An artifact needs the opposite of each: its old bytes or its new ones,
read from a socket that may break off, listed in pages. The store is still chosen where Django's are, as
alias `artifacts` of STORAGES; a Storage of another service can stand there behind an adapter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.core.files.storage import storages

from runs.artifacts.paths import ArtifactPath

LIST_PAGE = 10_000
PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or directory by its bare name. `size` in bytes, None for a directory."""

    name: str
    is_dir: bool
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries sorted by name. `next_after`: ask again after this name; None at the end."""

    entries: tuple[Entry, ...] = ()
    next_after: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds: bytes, and the SHA-256 of them in hex."""

    size: int
    sha256: str


class OpenFile(ABC):
    """A stored file open for reading: these bytes, whatever is written to its path meanwhile."""

    name: str
    size: int
    etag: str

    @abstractmethod
    def pieces(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, at most 1 MiB each; TemporarilyUnavailable when some are missing."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *exc_info) -> None:
        self.close()


class StagedFile(ABC):
    """Bytes that have arrived whole and lie safely on disk, but not yet under any path."""

    content: Content


class Place(ABC):
    """A path held by one writer: its directories exist, and no directory stands there."""

    # Size of the file that is there now, if any.
    present_size: int | None

    @abstractmethod
    def publish(self, staged: StagedFile) -> None:
        """Put the staged bytes there at once. When this returns, they survive a power cut."""


class ArtifactStore(ABC):
    """Files by path. Raises from `trackui.errors`; a link counts as missing, whatever it points to.

    InvalidParameterValue where a file is used as a directory or the reverse, ResourceDoesNotExist for what
    is not there, TemporarilyUnavailable when the disk is full or broken.
    """

    @abstractmethod
    def listing(self, path: ArtifactPath, *, after: str = "", limit: int = LIST_PAGE) -> Listing:
        """A page of a directory; nothing for a file and for what does not exist."""

    @abstractmethod
    def open(self, path: ArtifactPath) -> OpenFile: ...

    @abstractmethod
    def stage(self, pieces: Iterable[bytes]) -> AbstractContextManager[StagedFile]:
        """Take in bytes as they come. They can be published inside the context, and are gone after it."""

    @abstractmethod
    def place(self, path: ArtifactPath) -> AbstractContextManager[Place]: ...

    @abstractmethod
    def check_place(self, path: ArtifactPath) -> None:
        """Raise what `place` would, before any byte is taken in. Changes nothing."""

    @abstractmethod
    def files(self, path: ArtifactPath) -> Iterator[ArtifactPath]:
        """Every file at or below a path."""

    @abstractmethod
    def remove(self, path: ArtifactPath) -> None:
        """Remove a file, or a directory with all in it, at once. Nothing happens when it is not there."""

    @abstractmethod
    def create_upload(self, path: ArtifactPath, *, parts: int) -> str:
        """Begin an upload in `parts` numbered from 1; answers its id."""

    @abstractmethod
    def put_part(self, upload_id: str, number: int, pieces: Iterable[bytes]) -> str:
        """Keep one part, again if it comes again; answers its etag."""

    @abstractmethod
    def assemble(self, upload_id: str, path: ArtifactPath, etags: dict[int, str]) -> AbstractContextManager[StagedFile]:
        """The parts as one file, after a check that all are there as the caller sent them."""

    @abstractmethod
    def discard_upload(self, upload_id: str) -> None:
        """Forget an upload and its parts. Nothing happens when it is not there."""

    @abstractmethod
    def sweep(self, *, older_than: float) -> int:
        """Remove what uploads left behind more than so many seconds ago; answers how many."""


def artifact_store() -> ArtifactStore:
    return storages["artifacts"]
