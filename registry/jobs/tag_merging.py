"""One tag's key merged into another, chunk after chunk."""

from registry.services.tag_merging import CHUNK, KIND, merge_tags
from runs.jobs.patience import patient
from runs.jobs.progress import Progress
from runs.jobs.registry import job
from runs.services.audit import user_named
from runs.services.run_numbers import unpacked


@job(KIND)
def merge(progress: Progress, *, kind: str, old: str, new: str, conflicts: str, owners: str, user: str) -> dict:
    """Goes on after the last chunk that was told; what was merged of the next is passed over."""
    pks, begun = unpacked(owners), progress.done
    who, merged = user_named(user), 0
    progress(begun, len(pks))
    for start in range(begun, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        merged += patient(merge_tags)(kind, chunk, old=old, new=new, conflicts=conflicts, user=who)
        progress(start + len(chunk), len(pks))
    text = f"{merged:,} {kind if merged != 1 else kind[:-1]} merged."
    # One that was interrupted does not know what it did before.
    return {"text": "All are merged." if begun else text, "path": "/models/"}
