"""A change to many runs, chunk after chunk."""

from runs.jobs.patience import patient
from runs.jobs.progress import Progress
from runs.jobs.registry import job
from runs.models import Experiment
from runs.services.bulk import ACTIONS, KIND
from runs.services.run_numbers import unpacked


@job(KIND)
def bulk(progress: Progress, *, action: str, experiment: int, runs: str, options: dict) -> dict:
    """Goes on after the last chunk that was told; what was done of the next is passed over or done alike."""
    what, pks = ACTIONS[action], unpacked(runs)
    change = patient(what.change)
    begun = progress.done
    changed = 0
    progress(begun, len(pks))
    for start in range(begun, len(pks), what.chunk):
        chunk = pks[start : start + what.chunk]
        changed += change(chunk, experiment, **options)
        progress(start + len(chunk), len(pks))
    place = options.get("target", experiment)
    path = f"/experiments/{place}/" if Experiment.objects.filter(pk=place).exists() else "/experiments/"
    return {"text": _said(what.done, changed, len(pks) - begun, is_whole=not begun), "path": path}


def _said(done: str, changed: int, of: int, *, is_whole: bool) -> str:
    if not is_whole:  # it does not know what it did before it was interrupted
        return f"All runs are {done}."
    left = of - changed
    passed = f" {left:,} had been changed or removed by others meanwhile." if left else ""
    return f"{changed:,} {'run' if changed == 1 else 'runs'} {done}.{passed}"
