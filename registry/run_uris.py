"""Where the files of `runs:/<run_id>/<path>` are."""

from __future__ import annotations

import re

from runs.artifacts.decoding import Undecodable, decoded_forms
from runs.artifacts.locations import OWN_SCHEME, stored_path, unplain_problem
from runs.artifacts.paths import ArtifactPath, directory_path
from runs.artifacts.stores import artifact_store
from runs.models import LoggedModel, Run
from trackui.errors import InvalidParameterValue, shorten

_RUN_URI = re.compile(r"runs:/(?P<run_id>[\w-]{1,256})/(?P<path>.+)", re.ASCII)


def run_uri(text: str) -> tuple[str, ArtifactPath]:
    """The run and the path below it; InvalidParameterValue for what is unsafe or no such address."""
    parts = _RUN_URI.fullmatch(text.rstrip("/"))
    if parts is None:
        raise _refused(text, "it must be runs:/<run_id>/<path>")
    try:
        problem = next(filter(None, map(unplain_problem, decoded_forms(text))), None)
        if problem is None:
            return parts["run_id"], directory_path(parts["path"])
    except Undecodable as error:
        problem = f"it is {error}"
    except InvalidParameterValue:
        problem = "it has an unsafe path"
    raise _refused(text, problem)


def files_of_run(run: Run, path: ArtifactPath, *, user) -> tuple[str, LoggedModel | None]:
    """The location, and the logged model that is there, if one is: the run's newest of this name.

    Clients from 3.0 on keep a model apart from its run, and still call it by a path of the run. Files that the run
    itself has there come first. One query, and a look into the store where there is such a model.
    """
    models = LoggedModel.objects.visible_to(user).active().filter(source_run_id=run.run_id, name=str(path))
    model = models.order_by("-creation_time", "-id").first()
    if model is None or _has_files(run.artifact_uri, path):
        return f"{run.artifact_uri}/{path}", None
    return model.artifact_uri, model


def _has_files(artifact_uri: str, path: ArtifactPath) -> bool:
    if not artifact_uri.startswith(f"{OWN_SCHEME}:"):
        return False
    return bool(artifact_store().listing(stored_path(artifact_uri) / path, limit=1).entries)


def _refused(text: str, problem: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid model version source '{shorten(text)}': {problem}.")
