"""Artifacts stored, opened and removed: the store and its ledger kept in step."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from runs.artifacts import ledger
from runs.artifacts.locations import OWN_SCHEME
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import Content, OpenFile, StagedFile, artifact_store
from runs.models import Experiment
from trackui.errors import InvalidParameterValue, TemporarilyUnavailable, shorten


def save_artifact(path: ArtifactPath, pieces: Iterable[bytes]) -> Content:
    """Store what the pieces give, over what may be there. On return it survives a power cut.

    An error raised by `pieces` leaves everything as it was.
    """
    store = artifact_store()
    store.check_place(path)
    with store.stage(pieces) as staged:
        _publish(path, staged)
        return staged.content


def complete_upload(upload_id: str, path: ArtifactPath, etags: dict[int, str]) -> Content:
    """Store the parts of an upload as one file, and forget the upload."""
    store = artifact_store()
    with store.assemble(upload_id, path, etags) as staged:
        _publish(path, staged)
    store.discard_upload(upload_id)
    return staged.content


def open_artifact(path: ArtifactPath) -> OpenFile:
    """Open a file, unless it is known to be longer or shorter than what was stored. Costs one query."""
    file = artifact_store().open(path)
    try:
        row = ledger.expected(path)
        if row is not None and not row.can_have(file.size):
            raise TemporarilyUnavailable(
                f"The stored file '{shorten(path)}' is damaged: it has {file.size} bytes and not {row.size}. "
                "Upload it again, or restore it from a backup.",
                retry_after=30,
            )
    except BaseException:
        file.close()
        raise
    return file


def remove_artifacts(path: ArtifactPath) -> None:
    """Remove a file or a directory of a run or logged model; nothing happens when it is not there.

    The ledger forgets first: should the removal fail, the files are there still and merely unknown to it.
    """
    _check_removable(path)
    store = artifact_store()
    ledger.forget(store.files(path))
    store.remove(path)


def _publish(path: ArtifactPath, staged: StagedFile) -> None:
    store = artifact_store()
    with store.place(path) as place:
        ledger.record(path, staged.content, present_size=place.present_size)
        place.publish(staged)


def _check_removable(path: ArtifactPath) -> None:
    """Refuse what would take several runs away: the top, an experiment, all models of one."""
    is_level_of_models = len(path.segments) == 2 and path.segments[1] == "models"
    if len(path.segments) < 2 or is_level_of_models or _holds_experiment(path):
        raise InvalidParameterValue("Invalid path: only what belongs to one run or model can be deleted.")


def _holds_experiment(path: ArtifactPath) -> bool:
    uri = f"{OWN_SCHEME}:/{path}"
    located = Q(artifact_location=uri) | Q(artifact_location__startswith=f"{uri}/")
    return Experiment.objects.filter(located).exists()
