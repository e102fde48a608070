"""Comparisons frozen: stored once under the hash of what they say, and never changed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

from runs.models import Experiment, Snapshot
from runs.services.audit import person, record
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue
from trackui.formats import filesize
from trackui.transactions import transactional

MOST_BYTES = 16 * 2**20
SHORTEST_SLUG = 12
LONGEST_TITLE = 500


def freeze(content: bytes, *, title: str, query: str, experiments: Sequence[Experiment], user) -> Snapshot:
    """Keep the content; the same content is kept once, under the address it had the first time.

    Each experiment gets an entry in the audit list, by which its snapshots are found. InvalidParameterValue for more
    than 16 MiB.
    """
    if len(content) > MOST_BYTES:
        raise InvalidParameterValue(
            f"This comparison holds {filesize(len(content))} of values, and at most {filesize(MOST_BYTES)} can be "
            "frozen. Take some runs out of it."
        )
    digest = hashlib.sha256(content).hexdigest()
    packed = zlib.compress(content, 6)
    return _store(digest, packed, title=title[:LONGEST_TITLE], query=query, experiments=experiments, user=user)


@transactional
def _store(digest: str, packed: bytes, *, title: str, query: str, experiments: Sequence[Experiment], user) -> Snapshot:
    known = Snapshot.objects.filter(slug__in=slugs(digest), digest=digest).first()
    if known:
        return known
    taken = set(Snapshot.objects.filter(slug__in=slugs(digest)).values_list("slug", flat=True))
    snapshot = Snapshot(
        slug=next(slug for slug in slugs(digest) if slug not in taken),
        digest=digest,
        title=title,
        query=query,
        content=packed,
        creation_time=now_ms(),
        created_by=person(user),
    )
    # Frozen twice at the same moment: the first stays.
    Snapshot.objects.bulk_create([snapshot], ignore_conflicts=True)
    for experiment in experiments:
        record(user, "snapshot.create", "snapshot", snapshot.slug, experiment=experiment, title=title, digest=digest)
    return Snapshot.objects.get(slug=snapshot.slug)


def slugs(digest: str) -> list[str]:
    """Addresses that the content can have, the shortest first: longer ones where another's begins alike."""
    return [digest[:length] for length in range(SHORTEST_SLUG, len(digest) + 1)]
