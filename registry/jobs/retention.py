"""Versions that have served their time, archived chunk after chunk."""

from registry.services.retention import CHUNK, KIND, archive_outlived
from runs.jobs.patience import patient
from runs.jobs.progress import Progress
from runs.jobs.registry import job
from runs.services.audit import user_named
from runs.services.run_numbers import unpacked


@job(KIND)
def archive_versions(progress: Progress, *, versions: str, before: int, note: str, user: str) -> dict:
    """Goes on after the last chunk that was told; what was archived of the next is passed over."""
    pks, begun = unpacked(versions), progress.done
    who, archived = user_named(user), 0
    progress(begun, len(pks))
    for start in range(begun, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        archived += patient(archive_outlived)(chunk, before=before, note=note, user=who)
        progress(start + len(chunk), len(pks))
    text = f"{archived:,} {'version' if archived == 1 else 'versions'} archived."
    # One that was interrupted does not know what it did before.
    return {"text": "All are archived." if begun else text, "path": "/models/"}
