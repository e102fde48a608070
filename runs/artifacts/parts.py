"""Uploads in parts to the local store: each part a file in its upload's own directory."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from runs.artifacts import tree
from runs.artifacts.paths import ArtifactPath
from runs.artifacts.staging import staged
from runs.artifacts.stores import PIECE
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist

MAX_PARTS = 10_000

UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
ETAG = re.compile(r"[0-9a-f]{64}")
PLAN = "plan.json"


class LocalUploads:
    """An etag is the SHA-256 of a part and stands in its file name, so naming it asks for those bytes."""

    def __init__(self, staging: Callable[[], AbstractContextManager[int]]) -> None:
        self._staging = staging

    def create(self, path: ArtifactPath, *, parts: int) -> str:
        if not 1 <= parts <= MAX_PARTS:
            raise InvalidParameterValue(f"An upload has 1 to {MAX_PARTS} parts, not {parts}.")
        upload_id = uuid.uuid4().hex
        plan = json.dumps({"path": str(path), "parts": parts}).encode()
        with tree.disk_errors(), self._staging() as staging:
            with tree.opened(tree.make_directory(staging, [_directory_name(upload_id)])) as upload:
                with staged(upload, [plan]) as file:
                    file.move(to_directory=upload, to_name=PLAN)
        return upload_id

    def put(self, upload_id: str, number: int, pieces: Iterable[bytes]) -> str:
        with self._upload(upload_id) as upload:
            if not 1 <= number <= _plan(upload)["parts"]:
                raise InvalidParameterValue(f"The upload has no part {number}.")
            with staged(upload, pieces) as file, tree.disk_errors():
                etag = file.content.sha256
                file.move(to_directory=upload, to_name=_part_name(number, etag))
                _drop_others(upload, number, etag)
        return etag

    def pieces(self, upload_id: str, path: ArtifactPath, etags: dict[int, str]) -> Iterator[bytes]:
        with self._upload(upload_id) as upload:
            plan = _plan(upload)
            if plan["path"] != str(path):
                raise InvalidParameterValue("The upload was begun for another path.")
            if set(etags) != set(range(1, plan["parts"] + 1)):
                raise InvalidParameterValue(f"The upload needs its parts 1 to {plan['parts']}, each once.")
            names = [_part_name(number, etags[number]) for number in sorted(etags)]
            for number, name in enumerate(names, start=1):
                if tree.kind(upload, name) is None:
                    raise InvalidParameterValue(f"Part {number} has not arrived with this etag.")
            for name in names:
                yield from _read(upload, name)

    def discard(self, upload_id: str) -> None:
        if UPLOAD_ID.fullmatch(upload_id):
            with tree.disk_errors(), self._staging() as staging, suppress(FileNotFoundError):
                shutil.rmtree(_directory_name(upload_id), dir_fd=staging)

    @contextmanager
    def _upload(self, upload_id: str) -> Iterator[int]:
        if not UPLOAD_ID.fullmatch(upload_id):
            raise ResourceDoesNotExist("No such upload.")
        with self._staging() as staging:
            try:
                upload = tree.open_directory(staging, [_directory_name(upload_id)])
            except FileNotFoundError:
                raise ResourceDoesNotExist("No such upload: it was completed, aborted or too old.") from None
        with tree.opened(upload):
            yield upload


def _directory_name(upload_id: str) -> str:
    return f"parts-{upload_id}"


def _part_name(number: int, etag: str) -> str:
    if not ETAG.fullmatch(etag):
        raise InvalidParameterValue(f"Part {number} has not arrived with this etag.")
    return f"{number}-{etag}"


def _plan(upload: int) -> dict:
    return json.loads(b"".join(_read(upload, PLAN)))


def _drop_others(upload: int, number: int, etag: str) -> None:
    """A part sent again with other bytes replaces the earlier one."""
    for name in os.listdir(upload):
        if name.startswith(f"{number}-") and name != _part_name(number, etag):
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=upload)


def _read(upload: int, name: str) -> Iterator[bytes]:
    with tree.disk_errors(), tree.opened(os.open(name, tree.FILE_FLAGS, dir_fd=upload)) as file:
        while piece := os.read(file, PIECE):
            yield piece
