"""Size and SHA-256 of what each path should hold, kept in the database."""

from __future__ import annotations

from collections.abc import Iterable

from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import Content
from runs.models import StoredArtifact
from trackui.clock import now_ms
from trackui.db import ROWS_A_STATEMENT
from trackui.transactions import transactional


@transactional
def record(path: ArtifactPath, content: Content, *, present_size: int | None) -> None:
    """Note what is about to stand at a path, beside what stands there now. One short transaction.

    The caller is the only writer of the path until its file is in place.
    """
    known = StoredArtifact.objects.filter(path=str(path)).first()
    row = StoredArtifact(
        path=str(path),
        size=content.size,
        sha256=content.sha256,
        earlier_size=present_size,
        earlier_sha256=known.sha256_of(present_size) if known else "",
        stored_time=now_ms(),
    )
    StoredArtifact.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=["size", "sha256", "earlier_size", "earlier_sha256", "stored_time"],
    )


def expected(path: ArtifactPath) -> StoredArtifact | None:
    """None for a file that came into the store by another way."""
    return StoredArtifact.objects.filter(path=str(path)).first()


def forget(paths: Iterable[ArtifactPath]) -> None:
    chunk: list[str] = []
    for path in paths:
        chunk.append(str(path))
        if len(chunk) == ROWS_A_STATEMENT:
            _delete(chunk)
            chunk = []
    if chunk:
        _delete(chunk)


@transactional(when_full=True)
def _delete(paths: list[str]) -> None:
    StoredArtifact.objects.filter(path__in=paths).delete()
