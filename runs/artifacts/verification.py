"""Stored files held against the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from runs.artifacts.paths import file_path
from runs.artifacts.stores import ArtifactStore, artifact_store
from runs.models import StoredArtifact
from trackui.errors import TrackingError


@dataclass(frozen=True, slots=True)
class Damage:
    path: str
    problem: str


def damaged_artifacts(*, below: str = "") -> Iterator[Damage]:
    """Every file that is missing, cut or changed. Reads all bytes: minutes on a large store."""
    store = artifact_store()
    rows = StoredArtifact.objects.order_by("pk")
    if below:
        rows = rows.filter(path__startswith=below)
    for row in rows.iterator():
        problem = _problem(store, row)
        if problem:
            yield Damage(path=row.path, problem=problem)


def _problem(store: ArtifactStore, row: StoredArtifact) -> str | None:
    try:
        with store.open(file_path(row.path)) as file:
            if not row.can_have(file.size):
                return f"has {file.size} bytes, not {row.size}"
            digest = hashlib.sha256()
            for piece in file.pieces():
                digest.update(piece)
            return None if row.can_be(digest.hexdigest()) else "has other content than was stored"
    except TrackingError as error:
        return error.message
