"""Files of several runs side by side: which run has which, how long, and whether they are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runs.artifacts.access import check_access
from runs.artifacts.content_types import embedded_type, extension
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import artifact_store
from runs.models import LoggedModel, ModelOutput, Run, StoredArtifact
from trackui.db import ROWS_A_STATEMENT
from trackui.errors import TrackingError

MOST_FILES_A_RUN, MOST_FILES = 2_000, 20_000
DEEPEST = 32
TABLES = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True, slots=True)
class FileOfRun:
    """`path` below the owner: the run, or the model of it that `model_id` names; `stored`: from the top of
    the store."""

    path: str
    size: int
    stored: str
    owner: Run | LoggedModel
    model_id: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """`files`: what each run has at the path, None for nothing. `state`: same, differs, alone, or unknown."""

    path: str
    files: tuple[FileOfRun | None, ...]
    state: str

    @property
    def is_image(self) -> bool:
        return embedded_type(self.path) is not None

    @property
    def separator(self) -> str:
        """What parts the columns, where it is a table."""
        return TABLES.get(extension(self.path), "")

    @property
    def count(self) -> int:
        return sum(file is not None for file in self.files)


@dataclass(frozen=True, slots=True)
class ComparedFiles:
    """`is_cut`: there are more files than are looked at. `closed`: runs whose files are not kept here."""

    rows: tuple[FileRow, ...]
    is_cut: bool
    closed: tuple[Run, ...]

    def row(self, path: str) -> FileRow | None:
        return next((row for row in self.rows if row.path == path), None)


def compared_files(runs: Sequence[Run], *, user) -> ComparedFiles:
    """Reads the directories of the runs and of models they made, at most 20,000 files. Two statements, one for each
    experiment, and one for each 500 files of equal length."""
    at = {run.pk: position for position, run in enumerate(runs)}
    found: dict[str, dict[int, FileOfRun]] = {}
    closed, count, is_cut = [], 0, False
    readable: set[str] = set()
    for prefix, run, owner in owners(runs):
        try:
            top = stored_path(owner.artifact_uri)
            if top.segments[0] not in readable:
                check_access(top, user=user)
                readable.add(top.segments[0])
            for number, (path, size) in enumerate(files_below(top)):
                if number >= MOST_FILES_A_RUN or count >= MOST_FILES:
                    is_cut = True
                    break
                count += 1
                model_id = owner.model_id if isinstance(owner, LoggedModel) else ""
                file = FileOfRun(path, size, f"{top}/{path}", owner, model_id)
                found.setdefault(f"{prefix}{path}", {}).setdefault(at[run.pk], file)
        except TrackingError:
            closed.append(run)
    digests = known_digests(found)
    rows = (file_row(path, found[path], len(runs), digests) for path in sorted(found))
    return ComparedFiles(tuple(rows), is_cut, tuple(dict.fromkeys(closed)))


def owners(runs: Sequence[Run]) -> Iterator[tuple[str, Run, Run | LoggedModel]]:
    """The runs themselves, then models that they made, under their names."""
    by_pk = {run.pk: run for run in runs}
    yield from (("", run, run) for run in runs)
    made = dict(ModelOutput.objects.filter(run__in=by_pk).order_by("step").values_list("model_id", "run_id"))
    for model in LoggedModel.objects.active().filter(model_id__in=made).order_by("pk"):
        yield f"models/{model.name or 'model'}/", by_pk[made[model.model_id]], model


def files_below(top: ArtifactPath) -> Iterator[tuple[str, int]]:
    """(path below the top, size), a directory after the other."""
    store, waiting = artifact_store(), [ArtifactPath()]
    while waiting:
        below = waiting.pop()
        for entry in store.listing(top / below, limit=MOST_FILES_A_RUN + 1).entries:
            path = below.child(entry.name)
            if not entry.is_dir:
                yield str(path), entry.size or 0
            elif len(path.segments) < DEEPEST and len(waiting) < MOST_FILES_A_RUN:
                waiting.append(path)


def known_digests(found: dict[str, dict[int, FileOfRun]]) -> dict[str, str]:
    """Path in the store -> SHA-256, of files that only their bytes can tell apart."""
    alike = [
        file.stored
        for files in found.values()
        if len(files) > 1 and len({file.size for file in files.values()}) == 1
        for file in files.values()
    ]
    digests: dict[str, str] = {}
    for start in range(0, len(alike), ROWS_A_STATEMENT):
        stored = StoredArtifact.objects.filter(path__in=alike[start : start + ROWS_A_STATEMENT])
        digests |= stored.values_list("path", "sha256")
    return digests


def file_row(path: str, files: dict[int, FileOfRun], width: int, digests: dict[str, str]) -> FileRow:
    return FileRow(path, tuple(files.get(at) for at in range(width)), state_of(list(files.values()), width, digests))


def state_of(files: Sequence[FileOfRun], width: int, digests: dict[str, str]) -> str:
    if len(files) < width:
        return "alone"
    if len({file.size for file in files}) > 1:
        return "differs"
    known = {digests.get(file.stored) for file in files}
    if None in known:
        return "unknown"
    return "same" if len(known) == 1 else "differs"
