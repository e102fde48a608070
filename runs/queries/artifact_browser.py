"""The files of a run or logged model as pages show them. `owner` is either: what has an `artifact_uri`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from runs.artifacts.access import check_access
from runs.artifacts.files import open_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import ArtifactPath, directory_path, file_path
from runs.artifacts.preview import Preview, preview_of
from runs.artifacts.stores import OpenFile, artifact_store

ENTRIES_A_PAGE = 200


class Owner(Protocol):
    artifact_uri: str


@dataclass(frozen=True, slots=True)
class BrowserEntry:
    """`path` counts from the top of the owner; `size` in bytes, None for a directory."""

    name: str
    path: str
    is_dir: bool
    size: int | None


@dataclass(frozen=True, slots=True)
class ArtifactListing:
    """Empty for a file, and for what is not there. `crumbs`: (name, path) of each directory down to this one."""

    path: str
    crumbs: tuple[tuple[str, str], ...]
    entries: tuple[BrowserEntry, ...]
    # The next page follows this name; None at the end.
    next_after: str | None


def artifact_listing(owner: Owner, path: str = "", *, after: str = "", user) -> ArtifactListing:
    """A page of a directory, sorted by name. Reads the directory, and costs one query."""
    directory = directory_path(path)
    listing = artifact_store().listing(_placed(owner, directory, user), after=after, limit=ENTRIES_A_PAGE)
    return ArtifactListing(
        path=str(directory),
        crumbs=_crumbs(directory),
        entries=tuple(
            BrowserEntry(name=entry.name, path=str(directory.child(entry.name)), is_dir=entry.is_dir, size=entry.size)
            for entry in listing.entries
        ),
        next_after=listing.next_after,
    )


def artifact_file(owner: Owner, path: str, *, user) -> OpenFile:
    """Open for reading; the caller closes it."""
    return open_artifact(_placed(owner, file_path(path), user))


def artifact_preview(owner: Owner, path: str, *, user) -> Preview:
    """Reads at most 1 MiB."""
    with artifact_file(owner, path, user=user) as file:
        return preview_of(file)


def _placed(owner: Owner, path: ArtifactPath, user) -> ArtifactPath:
    placed = stored_path(owner.artifact_uri) / path
    check_access(placed, user=user)
    return placed


def _crumbs(directory: ArtifactPath) -> tuple[tuple[str, str], ...]:
    names = directory.segments
    return tuple((name, "/".join(names[: depth + 1])) for depth, name in enumerate(names))
