"""Where the files of a new version are: what a client says of it, checked and resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings

from registry.addressing import ModelUri, model_uri, version_not_found
from registry.models import ModelVersion
from registry.run_uris import files_of_run, run_uri
from runs.artifacts.locations import MAX_LOCATION_LENGTH, OWN_SCHEME, checked_location, stored_path
from runs.artifacts.paths import ArtifactPath
from runs.ingest.limits import check_length
from runs.models import LoggedModel, Run
from runs.models.access import readable_experiments
from runs.services.logged_models import model_not_found
from trackui.db import fetch_object
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text

WHAT = "model version source"
# What clients name as the source of a prompt, which has no files.
PROMPT_SOURCE = "dummy-source"
MAX_ID_LENGTH = 256


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
    if settings.TRACKUI_MODEL_SOURCES and not settings.TRACKUI_MODEL_SOURCES.fullmatch(source):
        raise _refused(source, "this server's operator takes sources of another form only")
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
    named, path = run_uri(source)
    if run_id not in ("", named) and _run(run_id, user=user):
        raise _refused(source, f"it is not of the run '{shorten(run_id)}'")
    run = _run(named, user=user)
    if run is None:
        return Source(source, named)
    location, model = files_of_run(run, path, user=user)
    return Source(location, named, model.model_id if model else "")


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
        run = _run(name, user=user)
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


def _run(run_id: str, *, user) -> Run | None:
    readable, params = readable_experiments(user, "experiment_id")
    return fetch_object(Run, f"run_id = %s AND {readable}", (run_id, *params))


def _logged_model(model_id: str, *, user) -> LoggedModel:
    model = LoggedModel.objects.visible_to(user).active().filter(model_id=model_id).first()
    if model is None:
        raise model_not_found(model_id)
    return model


def _refused(source: str, problem: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid {WHAT} '{shorten(source)}': {problem}.")
