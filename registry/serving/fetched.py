"""Models copied out of the artifact store, for processes that must see a folder; one copy of the same content."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from runs.artifacts import ledger
from runs.artifacts.files import open_artifact
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import OpenFile, artifact_store
from trackui.content_cache import ContentCache, HeldFolder
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, TemporarilyUnavailable, shorten
from trackui.formats import filesize
from trackui.space import lacks_space_now

MOST_FILES = 100_000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`name`: relative to the model. `sha256`: what its content must have, by the ledger or as it was read."""

    name: str
    path: ArtifactPath
    size: int
    sha256: str


def fetched_models() -> ContentCache:
    return ContentCache(settings.TRACKUI_DATA / "models")


def fetched_model(stored: ArtifactPath, *, say: Callable[[str], None]) -> HeldFolder:
    """A private copy of the folder `stored`, which stays until it is released.

    ResourceDoesNotExist when it is empty, TemporarilyUnavailable when a file is not what was stored. Costs two queries
    a file; those that the ledger does not know are read twice.
    """
    files = _files(stored)
    if not files:
        raise ResourceDoesNotExist(f"There are no files at '{shorten(stored)}'.")
    total = sum(file.size for file in files)

    def make(staging: Path, final: Path) -> None:
        settings.TRACKUI_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        if lacks_space_now(settings.TRACKUI_DATA) or shutil.disk_usage(settings.TRACKUI_DATA).free < total:
            raise TemporarilyUnavailable(
                f"There is no room in TRACKUI_DATA for a copy of the model ({filesize(total)})."
            )
        say(f"Fetching {len(files)} file{'' if len(files) == 1 else 's'}, {filesize(total)} …")
        for file in files:
            _copy(file, staging / file.name)

    return fetched_models().hold(_key(files), make, when_waiting=lambda: say("Waiting for another to fetch it …"))


def _files(stored: ArtifactPath) -> list[StoredFile]:
    files = []
    for path in artifact_store().files(stored):
        if len(files) == MOST_FILES:
            raise InvalidParameterValue(f"The model has more than {MOST_FILES:,} files.")
        with open_artifact(path) as file:
            row = ledger.expected(path)
            name = "/".join(path.segments[len(stored.segments) :])
            files.append(StoredFile(name, path, file.size, (row and row.sha256_of(file.size)) or _sha256(file)))
    return files


def _sha256(file: OpenFile) -> str:
    digest = hashlib.sha256()
    for piece in file.pieces():
        digest.update(piece)
    return digest.hexdigest()


def _copy(file: StoredFile, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open_artifact(file.path) as source, target.open("xb") as copy:
        for piece in source.pieces():
            digest.update(piece)
            copy.write(piece)
    if digest.hexdigest() != file.sha256:
        raise TemporarilyUnavailable(f"The stored file '{shorten(file.path)}' is not what was uploaded.")


def _key(files: list[StoredFile]) -> str:
    content = sorted((file.name, file.sha256) for file in files)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
