"""Packages of several runs, from the environment files among their artifacts and those of models they made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runs.artifacts.access import check_access
from runs.artifacts.decoded import decoded
from runs.artifacts.files import open_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import ArtifactPath, file_path
from runs.artifacts.requirements import packages_of
from runs.models import LoggedModel, ModelOutput, Run, StoredArtifact
from trackui.errors import TrackingError

# Those named later are overruled by those before them.
FILES = ("requirements.txt", "python_env.yaml", "conda.yaml")
# Where a run keeps them: as files of its own, or as MLflow 2 logs a model.
FOLDERS = ("", "model/")
MOST_BYTES = 256 * 1024
# Runs of one environment share its bytes: this many different files are read.
MOST_FILES = 100


def package_table(runs: Sequence[Run], *, user) -> dict[str, dict[int, str]]:
    """Package -> position of the run -> version.

    Three statements; then one for each different file, however many runs have it. Files that came into the store
    by another way than the protocol are not known here.
    """
    wanted = dict(environment_files(runs))
    stored = StoredArtifact.objects.filter(path__in=wanted).values_list("path", "sha256")
    read: dict[str, dict[str, str]] = {}
    found: list[tuple[int, int, str]] = []
    for path, sha256 in stored:
        position, rank = wanted[path]
        found.append((position, rank, sha256))
        if sha256 not in read and len(read) < MOST_FILES:
            read[sha256] = packages_in(path, user=user)
    table: dict[str, dict[int, str]] = {}
    for position, _, sha256 in sorted(found):
        for package, version in read.get(sha256, {}).items():
            table.setdefault(package, {}).setdefault(position, version)
    return dict(sorted(table.items()))


def environment_files(runs: Sequence[Run]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Path in the store -> which run has it, and in which order its files count."""
    at = {run.pk: position for position, run in enumerate(runs)}
    for run in runs:
        yield from files_below(run.artifact_uri, at[run.pk], FOLDERS)
    made = dict(ModelOutput.objects.filter(run__in=at).order_by("-step", "model_id").values_list("model_id", "run_id"))
    for model_id, uri in LoggedModel.objects.active().filter(model_id__in=made).values_list("model_id", "artifact_uri"):
        yield from files_below(uri, at[made[model_id]], FOLDERS[:1])


def files_below(artifact_uri: str, position: int, folders: Sequence[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        top = stored_path(artifact_uri)
    except TrackingError:  # somebody else's store
        return
    for rank, name in enumerate(FILES):
        for folder in folders:
            yield str(top / file_path(f"{folder}{name}")), (position, rank)


def packages_in(path: str, *, user) -> dict[str, str]:
    """Nothing for a file that is missing, damaged, no text, or the caller's not to see."""
    place = ArtifactPath(tuple(path.split("/")))
    try:
        check_access(place, user=user)
        with open_artifact(place) as file:
            data = b"".join(file.pieces(0, min(file.size, MOST_BYTES)))
    except TrackingError:
        return {}
    return packages_of(place.name, decoded(data, is_cut=False) or "")
