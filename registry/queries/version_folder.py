"""The files of a version: what its MLmodel says, how large they are, and what they should hold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from registry.models import ModelVersion
from runs.artifacts.decoded import decoded
from runs.artifacts.locations import OWN_SCHEME, SCHEME
from runs.artifacts.mlmodel import ENVIRONMENT_FILES, FILE_NAME, ModelCard, model_card
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.preview import Preview
from runs.models import StoredArtifact
from runs.queries.artifact_browser import artifact_file, artifact_preview, placed_in_store
from runs.queries.comparison_files import files_below
from trackui.db import ROWS_A_STATEMENT
from trackui.errors import TrackingError, shorten

MOST_FILES = 2_000
MOST_TEXT = 256 * 1024
# A signature of ten thousand columns takes most of it.
LARGEST_MLMODEL = 2**20
EXAMPLE_FILE = "input_example.json"
SERVING_EXAMPLE_FILE = "serving_input_example.json"


@dataclass(frozen=True, slots=True)
class FilesOf:
    """Where the files of a version are, for what browses files."""

    artifact_uri: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`sha256`: of what was uploaded, in hex; empty for a file that came into the store by another way."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of the environment. `language`: how it is coloured."""

    name: str
    text: str
    language: str


@dataclass(frozen=True)
class VersionFolder:
    """`problem`: why there are no files to show. `mlmodel`: the text of the file, None where there is none to read.

    `card` is None with a text where that is no MLmodel after all, or `is_long`: too long to be read as one. `is_cut`:
    there are more files than are listed.
    """

    version: ModelVersion
    files: tuple[StoredFile, ...] = ()
    is_cut: bool = False
    problem: str = ""
    mlmodel: str | None = None
    card: ModelCard | None = None
    is_long: bool = False

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def owner(self) -> FilesOf:
        return files_of(self.version)

    @property
    def is_elsewhere(self) -> bool:
        """In another store, which this server does not read: nothing is wrong with that."""
        scheme = SCHEME.match(self.version.storage_location)
        return scheme is not None and scheme[1] not in (OWN_SCHEME, "runs")

    def has(self, path: str) -> bool:
        return any(file.path == path for file in self.files)


def files_of(version: ModelVersion) -> FilesOf:
    return FilesOf(version.storage_location)


def version_folder(version: ModelVersion, *, user) -> VersionFolder:
    """Reads the directory and the MLmodel file. One statement for the files of a small model, three for the text."""
    problem = no_folder(version)
    if problem:
        return VersionFolder(version, problem=problem)
    owner = files_of(version)
    try:
        top = placed_in_store(owner, ArtifactPath(), user)
        found = list(islice(files_below(top), MOST_FILES + 1))
        if not found:
            return VersionFolder(version, problem="Its folder holds no files: they were deleted, or never uploaded.")
        files = stored_files(top, sorted(found[:MOST_FILES]))
        mlmodel = next((file for file in files if file.path == FILE_NAME), None)
        text = text_of(owner, FILE_NAME, most=LARGEST_MLMODEL, user=user) if mlmodel else None
    except TrackingError as error:
        return VersionFolder(version, problem=error.message)
    is_long = mlmodel is not None and mlmodel.size > LARGEST_MLMODEL
    card = None if text is None or is_long else model_card(text)
    return VersionFolder(version, files, len(found) > MOST_FILES, mlmodel=text, card=card, is_long=is_long)


def no_folder(version: ModelVersion) -> str:
    """Why its files are not to be looked for in this server's store; empty where they are."""
    location = version.storage_location
    scheme = SCHEME.match(location)
    if not location or scheme is None:
        return "It has no files: its source is no place where files are kept."
    if scheme[1] == "runs":
        return f"Its files are those of the run {shorten(version.run_id, 64)}, which is not here."
    if scheme[1] != OWN_SCHEME:
        return (
            f"Its files are kept elsewhere, at {shorten(location, 120)}, and are not read by this server. "
            "Clients fetch them from there."
        )
    return ""


def stored_files(top: ArtifactPath, found: list[tuple[str, int]]) -> tuple[StoredFile, ...]:
    """With the checksums of those that were uploaded. A statement for each 500 files."""
    known: dict[str, StoredArtifact] = {}
    paths = [f"{top}/{path}" for path, _ in found]
    for start in range(0, len(paths), ROWS_A_STATEMENT):
        known |= {
            row.path: row for row in StoredArtifact.objects.filter(path__in=paths[start : start + ROWS_A_STATEMENT])
        }
    return tuple(
        StoredFile(path, size, known[f"{top}/{path}"].sha256_of(size) if f"{top}/{path}" in known else "")
        for path, size in found
    )


def text_of(owner: FilesOf, path: str, *, most: int = MOST_TEXT, user) -> str | None:
    """The beginning of a file as text; None for what is not text."""
    with artifact_file(owner, path, user=user) as file:
        length = min(file.size, most)
        data = b"".join(file.pieces(0, length)) if length else b""
    return decoded(data, is_cut=file.size > length)


def environment_files(folder: VersionFolder, *, user) -> list[TextFile]:
    """Those that are there of what the environment is made by. Three statements a file."""
    names = folder.card.environment if folder.card else ENVIRONMENT_FILES
    return [
        TextFile(name, text, "yaml" if name.endswith((".yaml", ".yml")) else "ini")
        for name in names
        if folder.has(name) and (text := readable(folder, name, user=user)) is not None
    ]


def readable(folder: VersionFolder, path: str, *, user) -> str | None:
    """A text that may be damaged, or gone meanwhile."""
    try:
        return text_of(folder.owner, path, user=user)
    except TrackingError:
        return None


def input_example(folder: VersionFolder, *, user) -> tuple[str, Preview] | None:
    """The path of the example and how it is shown, where the model has one that can be read."""
    example = folder.card.example if folder.card else None
    path = example.path if example else EXAMPLE_FILE
    if not folder.has(path):
        return None
    try:
        return path, artifact_preview(folder.owner, path, user=user)
    except TrackingError:
        return None


def serving_example(folder: VersionFolder, *, user) -> str:
    """The example as a body for a scoring server, as it was logged; empty where there is none."""
    example = folder.card.example if folder.card else None
    path = (example.serving_path if example else "") or SERVING_EXAMPLE_FILE
    return (readable(folder, path, user=user) or "") if folder.has(path) else ""
