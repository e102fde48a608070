"""An open artifact as a file object that seeks: for readers of formats that hop about in a file."""

from __future__ import annotations

import io

from runs.artifacts.stores import OpenFile


class Seekable(io.RawIOBase):
    """Reads only what is asked for. Closing it leaves the artifact open."""

    def __init__(self, file: OpenFile) -> None:
        super().__init__()
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        rest = max(0, self._file.size - self._at)
        length = rest if size is None or size < 0 else min(size, rest)
        data = b"".join(self._file.pieces(self._at, length)) if length else b""
        self._at += len(data)
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
