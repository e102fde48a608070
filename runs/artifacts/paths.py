"""The one check of a client's artifact path. Every route and command that takes a path goes through it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from runs.artifacts.decoding import Undecodable, decoded_forms
from trackui.errors import InvalidParameterValue, shorten

MAX_PATH_BYTES = 1024
MAX_SEGMENT_BYTES = 255
MAX_DEPTH = 32

# Names of the store's own files, such as uploads under way. No client can say one.
RESERVED_PREFIX = ".trackui-"

CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
DRIVE_PREFIX = re.compile(r"[A-Za-z]:")

# MLflow 2 joins the parts of a logged image's name with '%', which encodes nothing there.
IMAGE_NAME = re.compile(r"%step%(-?\d+)%timestamp%(\d+)%([0-9a-z-]{36})(?:%(compressed))?(?=\.\w+\Z)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ArtifactPath:
    """Names from the top of the store, or of one run, that have passed the check below."""

    segments: tuple[str, ...] = ()

    def __truediv__(self, below: ArtifactPath) -> ArtifactPath:
        return ArtifactPath(self.segments + below.segments)

    def __str__(self) -> str:
        return "/".join(self.segments)

    @property
    def name(self) -> str:
        return self.segments[-1] if self.segments else ""

    @property
    def parent(self) -> ArtifactPath:
        return ArtifactPath(self.segments[:-1])

    def child(self, name: str) -> ArtifactPath:
        """The path of an entry as the store lists it."""
        return ArtifactPath((*self.segments, name))


ROOT = ArtifactPath()


def file_path(text: str) -> ArtifactPath:
    """Check the path of one file: not empty, no slash at its end."""
    if not text:
        raise _refused(text, "it is empty")
    return _checked(text)


def directory_path(text: str) -> ArtifactPath:
    """Check the path of a directory: empty is the top, one slash at the end is let pass."""
    text = text.removesuffix("/") if text != "/" else text
    return _checked(text) if text else ROOT


def is_reserved(name: str) -> bool:
    """Also for a spelling that a file system blind to case or to composition would take for ours."""
    return unicodedata.normalize("NFC", name).casefold().startswith(RESERVED_PREFIX)


def _checked(text: str) -> ArtifactPath:
    """What is checked is used as it is: nothing is decoded, trimmed or folded afterwards."""
    try:
        for form in decoded_forms(IMAGE_NAME.sub(r"+step+\1+timestamp+\2+\3+\4", text)):
            problem = _problem(form)
            if problem:
                raise _refused(text, problem)
    except Undecodable as error:
        raise _refused(text, f"it is {error}") from None
    return ArtifactPath(tuple(text.split("/")))


def _problem(path: str) -> str | None:
    if len(path.encode()) > MAX_PATH_BYTES:
        return f"it is longer than {MAX_PATH_BYTES} bytes"
    if CONTROL_CHARACTER.search(path):
        return "it has a control character"
    if "\\" in path:
        return "it has a backslash"
    if "#" in path:
        return "it has a '#'"
    if path.startswith("/"):
        return "it is absolute"
    segments = path.split("/")
    if len(segments) > MAX_DEPTH:
        return f"it is deeper than {MAX_DEPTH} directories"
    return next(filter(None, map(_segment_problem, segments)), None)


def _segment_problem(segment: str) -> str | None:
    if not segment:
        return "it has an empty name"
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        return f"a name in it is longer than {MAX_SEGMENT_BYTES} bytes"
    # Some servers read what follows ';' as parameters of the segment: '..;x' climbs there.
    if not {".", ".."}.isdisjoint(segment.split(";")):
        return "it has a '.' or '..'"
    if segment.lstrip().casefold().startswith("file:"):
        return "it is a file URI"
    if DRIVE_PREFIX.match(segment):
        return "it names a drive"
    if is_reserved(segment):
        return f"names that start with '{RESERVED_PREFIX}' are the server's own"
    return None


def _refused(text: str, problem: str) -> InvalidParameterValue:
    printable = text.encode("utf-8", "replace").decode()
    return InvalidParameterValue(f"Invalid path '{shorten(printable)}': {problem}.")
