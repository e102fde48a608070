"""Where among the files of a run, or of the first model it made, its packages are written down."""

from __future__ import annotations

from dataclasses import dataclass

from runs.artifacts.paths import directory_path
from runs.artifacts.stores import artifact_store
from runs.models import Run
from runs.queries.artifact_browser import placed_in_store
from runs.queries.run_relations import ModelRow
from runs.queries.run_source import ENVIRONMENT_FILES
from trackui.errors import TrackingError

# Where clients put them: beside the run's own files, and in a model among these.
FOLDERS = ("", "model", "environment")
NAMES_A_FOLDER = 200


@dataclass(frozen=True, slots=True)
class FoundFile:
    """`model_id`: of the model whose file it is; empty where it is the run's own."""

    name: str
    path: str
    model_id: str = ""


def environment_file(run: Run, models: list[ModelRow], *, user) -> FoundFile | None:
    """Reads four directories at most; a statement for each. None where the files are not kept here."""
    made = next((row.model for row in models if row.is_output and row.model and row.model.deleted_time is None), None)
    owners = [(made, ("",), made.model_id)] if made else []
    try:
        for owner, folders, model_id in [*owners, (run, FOLDERS, "")]:
            for folder in folders:
                directory = directory_path(folder)
                placed = placed_in_store(owner, directory, user)
                names = {entry.name for entry in artifact_store().listing(placed, limit=NAMES_A_FOLDER).entries}
                name = next((name for name in ENVIRONMENT_FILES if name in names), None)
                if name is not None:
                    return FoundFile(name, str(directory.child(name)), model_id)
    except TrackingError:
        return None
    return None
