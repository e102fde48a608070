"""One tag's key of runs merged into another, chunk after chunk."""

from runs.jobs.patience import patient
from runs.jobs.progress import Progress
from runs.jobs.registry import job
from runs.services.run_numbers import unpacked
from runs.services.tag_merging import CHUNK, KIND, merge_run_tags


@job(KIND)
def merge(progress: Progress, *, runs: str, old: str, new: str, conflicts: str) -> dict:
    """Goes on after the last chunk that was told; what was merged of the next is passed over."""
    pks, begun = unpacked(runs), progress.done
    merged = 0
    progress(begun, len(pks))
    for start in range(begun, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        merged += patient(merge_run_tags)(chunk, old=old, new=new, conflicts=conflicts)
        progress(start + len(chunk), len(pks))
    text = f"{merged:,} {'run' if merged == 1 else 'runs'} merged."
    # One that was interrupted does not know what it did before.
    return {"text": "All are merged." if begun else text, "path": "/runs/"}
