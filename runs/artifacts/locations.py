"""The check of a client's `artifact_location`, and what an `artifact_uri` means here."""

from __future__ import annotations

import re

from django.conf import settings

from runs.artifacts.decoding import Undecodable, decoded_forms
from runs.artifacts.paths import CONTROL_CHARACTER, ArtifactPath, directory_path
from trackui.errors import InvalidParameterValue, NotImplementedHere, shorten

MAX_LOCATION_LENGTH = 2048

# The scheme of this server's own store, as the clients know it.
OWN_SCHEME = "mlflow-artifacts"

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
BUCKET = re.compile(r"//[A-Za-z0-9][A-Za-z0-9._@-]*(?P<path>(?:/.*)?)")


def default_location(experiment_id: str) -> str:
    return f"{OWN_SCHEME}:/{experiment_id}"


def checked_location(location: str, *, what: str = "artifact location") -> str:
    """The location as it is to be stored: as given, but for slashes at its end.

    Raises InvalidParameterValue unless it is a plain path in this server's store, or below a bucket of
    an object store whose scheme the operator has allowed. No tag or flag skips this. `what`: how a message calls it.
    """
    location = location.rstrip("/")
    problem = _length_problem(location) or _decoded_problem(location)
    if problem:
        printable = location.encode("utf-8", "replace").decode()
        raise InvalidParameterValue(f"Invalid {what} '{shorten(printable)}': {problem}.")
    return location


def stored_path(artifact_uri: str) -> ArtifactPath:
    """The directory in this server's store that an `artifact_uri` means.

    Checked again here, before anything is read or written, whatever has been stored. Raises
    NotImplementedHere where the artifacts are in somebody else's store.
    """
    artifact_uri = checked_location(artifact_uri)
    scheme, _, path = artifact_uri.partition(":")
    if scheme != OWN_SCHEME:
        raise NotImplementedHere(f"The artifacts in '{shorten(artifact_uri)}' are not kept by this server.")
    return directory_path(path.removeprefix("/"))


def _length_problem(location: str) -> str | None:
    return f"it is longer than {MAX_LOCATION_LENGTH} characters" if len(location) > MAX_LOCATION_LENGTH else None


def _decoded_problem(location: str) -> str | None:
    try:
        return next(filter(None, map(_problem, decoded_forms(location))), None)
    except Undecodable as error:
        return f"it is {error}"


def _problem(location: str) -> str | None:
    return unplain_problem(location) or _target_problem(location)


def unplain_problem(location: str) -> str | None:
    """What makes it more than a scheme and a path, if anything does."""
    if CONTROL_CHARACTER.search(location) or any(character.isspace() for character in location):
        return "it has a blank or a control character"
    if not {"#", "?", ";", "\\"}.isdisjoint(location):
        return "it has a fragment, a query, parameters or a backslash"
    return None


def _target_problem(location: str) -> str | None:
    scheme = SCHEME.match(location)
    if not scheme:
        return f"it has no scheme; this server's own store is {OWN_SCHEME}:/"
    rest = location[scheme.end() :]
    if scheme[1] == OWN_SCHEME:
        return _path_problem(rest)
    if scheme[1] not in settings.TRACKUI_LOCATION_SCHEMES:
        return f"the scheme {shorten(scheme[1], 40)}: is not allowed"
    bucket = BUCKET.fullmatch(rest)
    return _path_problem(bucket["path"] or "/") if bucket else "it names no bucket"


def _path_problem(path: str) -> str | None:
    if not path.startswith("/") or path.startswith("//"):
        return "it must have one slash after the scheme"
    try:
        directory_path(path[1:])
    except InvalidParameterValue:
        return "it has an unsafe path"
    return None
