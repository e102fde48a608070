"""Where the files of a version are in this server's store."""

from __future__ import annotations

from registry.models import ModelVersion
from registry.run_uris import files_of_run, run_uri
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import ArtifactPath
from runs.models import Run
from trackui.errors import ResourceDoesNotExist


def files_of_version(version: ModelVersion, *, user) -> ArtifactPath:
    """The directory, checked again before anything is read from it, whatever has been stored.

    ResourceDoesNotExist where there are none: a prompt, or a run that is not there. NotImplementedHere where they are
    in somebody else's store.
    """
    location = version.storage_location
    if not location:
        raise ResourceDoesNotExist(f"Version {version.version} of '{version.name}' has no files.")
    if location.startswith("runs:"):
        # The run was not there yet when the version was made.
        run_id, path = run_uri(location)
        run = Run.objects.visible_to(user).filter(run_id=run_id).first()
        if run is None:
            raise ResourceDoesNotExist(f"The run '{run_id}', of which the version is, is not here.")
        location, _ = files_of_run(run, path, user=user)
    return stored_path(location)
