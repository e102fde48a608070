"""Stored files as a zip file that is made while it is sent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from runs.artifacts.content_types import TEXT, download_type
from runs.artifacts.files import open_artifact
from runs.artifacts.paths import ArtifactPath
from trackui.exports.parquet import Sink

LARGE = 2**31


def zipped(files: Iterable[tuple[str, ArtifactPath]]) -> Iterator[bytes]:
    """The bytes as they come to be: memory holds a piece of one file. Text is packed, all else stored as it is.

    A file that cannot be read to its end raises, and with it the zip file ends without its table of contents.
    """
    now = datetime.now(UTC).timetuple()[:6]
    sink = Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, path in files:
            about = zipfile.ZipInfo(name, date_time=now)
            about.compress_type = zipfile.ZIP_DEFLATED if download_type(path.name) == TEXT else zipfile.ZIP_STORED
            about.external_attr = 0o644 << 16
            with open_artifact(path) as file, archive.open(about, "w", force_zip64=file.size >= LARGE) as entry:
                for piece in file.pieces():
                    entry.write(piece)
                    yield sink.taken()
    yield sink.taken()
