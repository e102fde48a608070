"""Where the files of a new version are: what a client says of it, checked and resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from registry.addressing import ModelUri, model_uri, version_not_found
from registry.models import ModelVersion
from runs.artifacts.decoding import Undecodable, decoded_forms
from runs.artifacts.locations import MAX_LOCATION_LENGTH, OWN_SCHEME, checked_location, stored_path, unplain_problem
from runs.artifacts.paths import ArtifactPath, directory_path
from runs.artifacts.stores import artifact_store
from runs.ingest.limits import check_length
from runs.models import LoggedModel, Run
from runs.services.logged_models import model_not_found
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text

WHAT = "model version source"
# What clients name as the source of a prompt, which has no files.
PROMPT_SOURCE = "dummy-source"
MAX_ID_LENGTH = 256

_RUN_URI = re.compile(r"runs:/(?P<run_id>[\w-]{1,256})/(?P<path>.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """`storage_location`: where the files are, blank for none. `run_id`, `model_id`: what made them, if known."""

    storage_location: str
    run_id: str = ""
    model_id: str = ""


def resolved_source(source: str, *, run_id: str = "", model_id: str = "", is_prompt: bool = False, user) -> Source:
    """What a source means for the run and the logged model named beside it.

    InvalidParameterValue unless it is `runs:/`, `models:/`, or a place in this server's store or an allowed one
    that belongs to them. ResourceDoesNotExist for a model, logged or registered, that the caller cannot read.
    Costs two to four queries, and for `runs:/` a look into the store.
    """
    check_length("source", check_text(source), MAX_LOCATION_LENGTH)
    check_length("run_id", check_text(run_id), MAX_ID_LENGTH)
    check_length("model_id", check_text(model_id), MAX_ID_LENGTH)
    if is_prompt and source == PROMPT_SOURCE:
        return Source("", run_id, model_id)
    if source.startswith("models:"):
        found = _of_model(model_uri(source), user=user)
    elif source.startswith("runs:"):
        found = _of_run_uri(source, run_id, user=user)
    else:
        found = _of_location(checked_location(source, what=WHAT), run_id, model_id, user=user)
    if model_id:
        if found.model_id not in ("", model_id):
            raise _refused(source, f"it is of the logged model '{found.model_id}'")
        made_by = _logged_model(model_id, user=user).source_run_id
        found = replace(found, model_id=model_id, run_id=found.run_id or made_by)
    return replace(found, run_id=run_id) if run_id else found


def _of_model(uri: ModelUri, *, user) -> Source:
    if uri.model_id:
        model = _logged_model(uri.model_id, user=user)
        return Source(model.artifact_uri, model.source_run_id, model.model_id)
    if uri.version is None:
        raise InvalidParameterValue(f"Invalid {WHAT}: of a registered model it must name a version by its number.")
    versions = ModelVersion.objects.visible_to(user)
    copied = versions.filter(registered_model__name=uri.name, version=uri.version).first()
    if copied is None:
        raise version_not_found(uri.name, uri.version)
    return Source(copied.storage_location, copied.run_id, copied.model_id)


def _of_run_uri(source: str, run_id: str, *, user) -> Source:
    """The run need not exist: its files are then looked for by whoever reads them."""
    parts = _RUN_URI.fullmatch(source.rstrip("/"))
    if parts is None:
        raise _refused(source, "it must be runs:/<run_id>/<path>")
    path = _checked_path(source, parts["path"])
    named = parts["run_id"]
    if run_id not in ("", named) and Run.objects.visible_to(user).filter(run_id=run_id).exists():
        raise _refused(source, f"it is not of the run '{shorten(run_id)}'")
    run = Run.objects.visible_to(user).filter(run_id=named).first()
    if run is None:
        return Source(source, named)
    below_run = f"{run.artifact_uri}/{path}"
    if model := _logged_under(run, path, user=user):
        return Source(model.artifact_uri, named, model.model_id)
    return Source(below_run, named)


def _checked_path(source: str, path: str) -> ArtifactPath:
    try:
        problem = next(filter(None, map(unplain_problem, decoded_forms(source))), None)
        if problem is None:
            return directory_path(path)
    except Undecodable as error:
        problem = f"it is {error}"
    except InvalidParameterValue:
        problem = "it has an unsafe path"
    raise _refused(source, problem)


def _logged_under(run: Run, path: ArtifactPath, *, user) -> LoggedModel | None:
    """The newest model that the run logged by this name, where the run itself has no files there.

    Clients from 3.0 on keep a model apart from its run, and still call it by a path of the run.
    """
    models = LoggedModel.objects.visible_to(user).active().filter(source_run_id=run.run_id, name=str(path))
    model = models.order_by("-creation_time", "-id").first()
    if model is None or _has_files(run.artifact_uri, path):
        return None
    return model


def _has_files(artifact_uri: str, path: ArtifactPath) -> bool:
    if not artifact_uri.startswith(f"{OWN_SCHEME}:"):
        return False
    return bool(artifact_store().listing(stored_path(artifact_uri) / path, limit=1).entries)


def _of_location(location: str, run_id: str, model_id: str, *, user) -> Source:
    """A place in the store must be within what the run or the logged model has there.

    Where neither is named, the place says which it is. In an object store that the operator allowed, any place is
    fine: nothing is ever read there by this server.
    """
    if not location.startswith(f"{OWN_SCHEME}:"):
        return Source(location)
    place = stored_path(location)
    if model_id:
        model = _logged_model(model_id, user=user)
        if _is_within(place, model.artifact_uri):
            return Source(location, model.source_run_id, model.model_id)
    for name in [run_id] if run_id else reversed(place.segments):
        run = Run.objects.visible_to(user).filter(run_id=name).first()
        if run is not None and _is_within(place, run.artifact_uri):
            return Source(location, run.run_id)
    if not run_id and not model_id:
        for model in LoggedModel.objects.visible_to(user).active().filter(model_id__in=place.segments):
            if _is_within(place, model.artifact_uri):
                return Source(location, model.source_run_id, model.model_id)
    raise _refused(location, "it is not among the artifacts of the run or the logged model that was named")


def _is_within(place: ArtifactPath, artifact_uri: str) -> bool:
    """Segment by segment."""
    if not artifact_uri.startswith(f"{OWN_SCHEME}:"):
        return False
    root = stored_path(artifact_uri).segments
    return place.segments[: len(root)] == root


def _logged_model(model_id: str, *, user) -> LoggedModel:
    model = LoggedModel.objects.visible_to(user).active().filter(model_id=model_id).first()
    if model is None:
        raise model_not_found(model_id)
    return model


def _refused(source: str, problem: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid {WHAT} '{shorten(source)}': {problem}.")
