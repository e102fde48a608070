"""What of a run can be registered, and as what."""

from __future__ import annotations

import json
from dataclasses import dataclass

from registry.models import ModelVersion, RegisteredModel
from runs.models import Run, RunTag
from runs.queries.run_relations import models_of
from runs.services.model_history import MODEL_HISTORY_TAG

MOST_SOURCES = 50
# Among so many of the newest versions, what the experiment has registered before is looked for.
LOOKED_THROUGH = 200
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Registrable:
    """A model of a run: `source` as clients name it. `run_id`: of the run that made it; blank: ask the model."""

    source: str
    label: str
    model_id: str = ""
    run_id: str = ""


def registrable(run: Run) -> list[Registrable]:
    """Logged models it made or read, and those that older clients keep among its artifacts. Four statements."""
    found = [
        Registrable(f"models:/{row.model_id}", row.model.name, row.model_id, run.run_id if row.is_output else "")
        for row in models_of(run)
        if row.model and row.model.deleted_time is None
    ]
    named = {one.label for one in found}
    paths = [path for path in _logged_paths(run) if path not in named]
    return [*found, *(among_artifacts(run, path) for path in paths)][:MOST_SOURCES]


def among_artifacts(run: Run, path: str) -> Registrable:
    return Registrable(f"runs:/{run.run_id}/{path}", path, run_id=run.run_id)


def _logged_paths(run: Run) -> list[str]:
    value = RunTag.objects.filter(run=run, key__name=MODEL_HISTORY_TAG).values_list("value", flat=True).first()
    try:
        history = json.loads(value or "[]")
    except ValueError:
        return []
    entries = [entry for entry in history if isinstance(entry, dict)] if isinstance(history, list) else []
    paths = [entry["artifact_path"] for entry in entries if isinstance(entry.get("artifact_path"), str)]
    return list(dict.fromkeys(path for path in paths if path))


def usual_name(run: Run, user) -> str:
    """The model that the experiment of the run has registered last; blank for none. Two statements."""
    newest = (
        ModelVersion.objects.visible_to(user).filter(is_prompt=False).order_by("-creation_time", "name", "-version")
    )
    pairs = [pair for pair in newest.values_list("run_id", "name")[:LOOKED_THROUGH] if pair[0]]
    siblings = Run.objects.filter(experiment=run.experiment_id, run_id__in={run_id for run_id, _ in pairs})
    known = set(siblings.values_list("run_id", flat=True))
    return next((name for run_id, name in pairs if run_id in known), "")


def model_names(user) -> list[str]:
    """To choose from: those that changed last. One statement."""
    models = RegisteredModel.objects.visible_to(user).filter(is_prompt=False).order_by("-last_updated_time", "name")
    return list(models.values_list("name", flat=True)[:MOST_NAMES])
