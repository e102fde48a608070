"""The files of a run or logged model as pages show them. `owner` is either: what has an `artifact_uri`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from runs.artifacts.access import check_access
from runs.artifacts.files import open_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import ArtifactPath, directory_path, file_path
from runs.artifacts.plotly_figure import MOST_BYTES as LARGEST_FIGURE
from runs.artifacts.plotly_figure import plotly_figure
from runs.artifacts.preview import Part, Preview, preview_of
from runs.artifacts.stores import Entry, OpenFile, artifact_store
from runs.artifacts.zipped import zipped
from trackui.errors import ResourceDoesNotExist, shorten

ENTRIES_A_PAGE = 200
# How the page of a file is looked for.
LOOK, MOST_LOOKS = 1000, 20
FROM_THE_BEGINNING = Part()


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
    # Paths of the files beside the one that is shown.
    previous_file: str | None = None
    next_file: str | None = None


def artifact_listing(owner: Owner, path: str = "", *, after: str = "", user) -> ArtifactListing:
    """A page of a directory, sorted by name. Reads the directory, and costs one query."""
    directory = directory_path(path)
    listing = artifact_store().listing(placed_in_store(owner, directory, user), after=after, limit=ENTRIES_A_PAGE)
    return _listing(directory, listing.entries, listing.next_after)


def listing_around(owner: Owner, path: str, *, user) -> ArtifactListing:
    """The page of a directory that a file is on, and the files beside it.

    Reads the directory once for each thousand of names before the file, 20 times at most: then it is the first page.
    """
    file = file_path(path)
    directory, placed = file.parent, placed_in_store(owner, file.parent, user)
    entries: list[Entry] = []
    after: str | None = ""
    for _ in range(MOST_LOOKS):
        listing = artifact_store().listing(placed, after=after or "", limit=LOOK)
        entries += listing.entries
        after = listing.next_after
        if after is None or after > file.name:
            break
    at = next((position for position, entry in enumerate(entries) if entry.name == file.name), None)
    start = 0 if at is None else at - at % ENTRIES_A_PAGE
    shown = entries[start : start + ENTRIES_A_PAGE]
    is_end = start + ENTRIES_A_PAGE >= len(entries) and after is None
    found = _listing(directory, shown, None if is_end or not shown else shown[-1].name)
    if at is None:
        return found
    before = next((entry.name for entry in reversed(entries[:at]) if not entry.is_dir), None)
    following = next((entry.name for entry in entries[at + 1 :] if not entry.is_dir), None)
    return replace(
        found,
        previous_file=None if before is None else str(directory.child(before)),
        next_file=None if following is None else str(directory.child(following)),
    )


def _listing(directory: ArtifactPath, entries: Iterable[Entry], next_after: str | None) -> ArtifactListing:
    return ArtifactListing(
        path=str(directory),
        crumbs=_crumbs(directory),
        entries=tuple(
            BrowserEntry(name=entry.name, path=str(directory.child(entry.name)), is_dir=entry.is_dir, size=entry.size)
            for entry in entries
        ),
        next_after=next_after,
    )


def artifact_file(owner: Owner, path: str, *, user) -> OpenFile:
    """Open for reading; the caller closes it."""
    return open_artifact(placed_in_store(owner, file_path(path), user))


def artifact_preview(
    owner: Owner, path: str, *, part: Part = FROM_THE_BEGINNING, as_source: bool = False, user
) -> Preview:
    """Reads a few MiB at most, of a Parquet file 64."""
    with artifact_file(owner, path, user=user) as file:
        return preview_of(file, part=part, as_source=as_source)


def artifact_figure(owner: Owner, path: str, *, user) -> dict | None:
    """A Plotly figure in a JSON file, made harmless; None where it is none."""
    with artifact_file(owner, path, user=user) as file:
        if file.size > LARGEST_FIGURE:
            return None
        return plotly_figure(b"".join(file.pieces()).decode("utf-8-sig", "replace"))


def artifact_zip(owner: Owner, path: str = "", *, user) -> Iterator[bytes]:
    """A directory with all below it, or a file, as the pieces of a zip file; ResourceDoesNotExist when it is empty."""
    directory = directory_path(path)
    placed = placed_in_store(owner, directory, user)
    files = artifact_store().files(placed)
    first = next(files, None)
    if first is None:
        raise ResourceDoesNotExist(f"No artifact '{shorten(path)}'.")
    above = len(placed.segments) - (1 if directory.segments else 0)
    return zipped(("/".join(file.segments[above:]), file) for file in chain([first], files))


def placed_in_store(owner: Owner, path: ArtifactPath, user) -> ArtifactPath:
    """Where a path of a run or model lies, for those who may reach it there. One query."""
    placed = stored_path(owner.artifact_uri) / path
    check_access(placed, user=user)
    return placed


def _crumbs(directory: ArtifactPath) -> tuple[tuple[str, str], ...]:
    names = directory.segments
    return tuple((name, "/".join(names[: depth + 1])) for depth, name in enumerate(names))
