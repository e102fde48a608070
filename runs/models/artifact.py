"""What was stored under an artifact's path, kept to notice a file that is cut short or damaged."""

from __future__ import annotations

from django.db import models


class StoredArtifact(models.Model):
    """`path` from the top of the store, sizes in bytes, `sha256` in hex, `stored_time` in milliseconds.

    Written just before the file takes its place. What stood there earlier is kept beside it, since a crash
    in between leaves that at the path, whole.
    """

    path = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    earlier_size = models.BigIntegerField(null=True)
    earlier_sha256 = models.CharField(max_length=64, blank=True)
    stored_time = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path"], name="stored_artifact_path")]

    def __str__(self) -> str:
        return self.path

    def can_have(self, size: int) -> bool:
        """Whether a whole file at the path can be so long."""
        return size in (self.size, self.earlier_size)

    def can_be(self, sha256: str) -> bool:
        return sha256 in (self.sha256, self.earlier_sha256)

    def sha256_of(self, size: int | None) -> str:
        """The digest of the file at the path, judged by its size; empty when neither fits."""
        if size == self.size:
            return self.sha256
        return self.earlier_sha256 if size == self.earlier_size else ""
