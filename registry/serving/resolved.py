"""What an address of a model means at the moment: which version, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry.addressing import model_uri
from registry.models import ModelVersion
from registry.queries.found_version import model_version_of
from registry.services.sources import resolved_source
from runs.artifacts.locations import OWN_SCHEME, stored_path
from runs.artifacts.paths import ArtifactPath
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten


@dataclass(frozen=True, slots=True)
class Resolved:
    """`uri`: one that always means the same, such as models:/Name/3 for models:/Name@champion.

    The files are in the store below `stored`, or in `folder` of this machine.
    """

    uri: str
    version: ModelVersion | None = None
    stored: ArtifactPath | None = None
    folder: Path | None = None


def resolved_model(uri: str, *, user) -> Resolved:
    """models:/Name/Production, @alias, /3 or /latest, models:/m-…, runs:/RUN/path, mlflow-artifacts:/…, or a folder.

    Raises ResourceDoesNotExist or InvalidParameterValue; NotImplementedHere for files in somebody else's store.
    """
    if uri.startswith("models:") and not model_uri(uri).model_id:
        version = model_version_of(uri, user=user)
        if not version.storage_location:
            raise ResourceDoesNotExist(f"{version} has no files.")
        return Resolved(version.uri, version=version, stored=stored_path(version.storage_location))
    if uri.startswith(("models:", "runs:")):
        return Resolved(uri, stored=stored_path(resolved_source(uri, user=user).storage_location))
    if uri.startswith(f"{OWN_SCHEME}:"):
        return Resolved(uri, stored=stored_path(uri))
    folder = Path(uri).expanduser()
    if uri and folder.is_dir():
        return Resolved(str(folder.resolve()), folder=folder.resolve())
    raise InvalidParameterValue(
        f"There is no model '{shorten(uri)}': name one as models:/<name>@<alias>, models:/<name>/<version or stage>, "
        "models:/<model id>, runs:/<run id>/<path>, or as a folder of this machine."
    )


def can_change(uri: str) -> bool:
    """Whether an address may mean another version tomorrow."""
    if not uri.startswith("models:"):
        return False
    asked = model_uri(uri)
    return not asked.model_id and asked.version is None
