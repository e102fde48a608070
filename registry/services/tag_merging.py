"""Merge one tag's key into another, of models or of versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from registry.models import PROMPT_TAG, ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag
from registry.services.model_versions import delete_version_tag, set_version_tag
from registry.services.registered_models import delete_model_tag, held_model, set_model_tag
from runs.models import Job
from runs.services.audit import person, record
from runs.services.jobs import add_job
from runs.services.run_numbers import packed
from runs.services.tag_merging import LEAVE, TAKE_OLD, check_keys
from trackui.transactions import all_or_none, transactional

KIND = "registry.merge_tags"
CHUNK = 50
OWN_TAGS = {PROMPT_TAG}


@dataclass(frozen=True, slots=True)
class Tagged:
    """`address`: the fields of an owner that `set_tag` and `delete_tag` call it by, its model's name the first."""

    owners: type
    tags: type
    owner: str
    address: tuple[str, ...]
    set_tag: Callable
    delete_tag: Callable


TAGGED = {
    "models": Tagged(
        RegisteredModel, RegisteredModelTag, "registered_model_id", ("name",), set_model_tag, delete_model_tag
    ),
    "versions": Tagged(
        *(ModelVersion, ModelVersionTag, "model_version_id", ("name", "version")), set_version_tag, delete_version_tag
    ),
}


@all_or_none
def merge_tags(kind: str, pks: Sequence[int], *, old: str, new: str, conflicts: str, user) -> int:
    """Of these owners; how many lost the old key. One transaction: call it with a CHUNK. Fine to repeat."""
    tagged = TAGGED[kind]
    owners = tagged.owners.objects.visible_to(user).filter(pk__in=pks)
    addresses = {pk: address for pk, *address in owners.values_list("pk", *tagged.address)}
    for name in sorted({name for name, *_ in addresses.values()}):
        held_model(name, user=user)
    found = tagged.tags.objects.filter(**{f"{tagged.owner}__in": addresses}, key__in=(old, new))
    values = {(pk, key): value for pk, key, value in found.values_list(tagged.owner, "key", "value")}
    merged = 0
    for pk, address in addresses.items():
        there, here = values.get((pk, new)), values.get((pk, old))
        differs = here is not None and there not in (None, here)
        if here is None or (differs and conflicts == LEAVE):
            continue
        if there is None or (differs and conflicts == TAKE_OLD):
            tagged.set_tag(*address, new, here, user=user)
        tagged.delete_tag(*address, old, user=user)
        merged += 1
    return merged


@transactional
def start_merging(kind: str, pks: Sequence[int], *, old: str, new: str, conflicts: str, token: str, user) -> Job:
    """In the background, for these owners. `token`: of the page that asked: sent twice, it is one job."""
    check_keys(old, new, own=OWN_TAGS)
    earlier = Job.objects.filter(kind=KIND, fingerprint=token).first()
    if earlier is not None:
        return earlier
    options = {"kind": kind, "old": old, "new": new, "conflicts": conflicts}
    job = add_job(
        KIND,
        title=f"Merge the tag {old} of {kind} into {new}"[:500],
        arguments={**options, "owners": packed(np.sort(pks)), "user": person(user)},
        user=user,
        fingerprint=token,
    )
    record(user, "tags.merge", "registry", "", count=len(pks), job=job.pk, **options)
    return job
