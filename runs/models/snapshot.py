"""Comparisons frozen: what a page said, kept under the hash of what it said."""

from django.db import models


class Snapshot(models.Model):
    """`content`: the values as JSON, packed with zlib; `digest`: SHA-256 of the JSON, in hex.

    `slug`: the short address, the start of the digest. `query`: the address that was frozen.
    """

    slug = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    query = models.TextField()
    content = models.BinaryField()
    creation_time = models.BigIntegerField()
    created_by = models.CharField(max_length=256, blank=True)

    def __str__(self) -> str:
        return self.title
