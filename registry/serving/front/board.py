"""What is served now, told by whoever runs the scorers to the processes of the front: a small file, replaced whole."""

from __future__ import annotations

import json
import os
import tempfile
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

# Files that were replaced a moment ago. While they are open no new one gets their number, by which readers know it.
KEPT_OPEN = 8


@dataclass(frozen=True, slots=True)
class Posted:
    """`model`: differs between two models, not between two starts of one. `headers`: name and value of what each
    answer says of it, printable ASCII. `sockets`: its scorers that are ready; none while they are being started.
    """

    model: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    mlflow_version: str = ""
    sockets: tuple[str, ...] = ()


class Board:
    """Reading costs a look at the file's time while nothing new is posted."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._known: tuple[tuple[int, int], Posted] | None = None
        self._posted: deque[IO[str]] = deque(maxlen=KEPT_OPEN)

    def post(self, posted: Posted) -> None:
        handle, name = tempfile.mkstemp(dir=os.path.dirname(self.path))
        file = os.fdopen(handle, "w")
        json.dump(asdict(posted), file)
        file.flush()
        os.replace(name, self.path)
        self._posted.append(file)

    def read(self) -> Posted:
        known = self._known
        found = os.stat(self.path)
        stamp = (found.st_ino, found.st_mtime_ns)
        if known is not None and known[0] == stamp:
            return known[1]
        with open(self.path) as file:
            content = json.load(file)
        content["headers"] = tuple((name, value) for name, value in content["headers"])
        content["sockets"] = tuple(content["sockets"])
        posted = Posted(**content)
        # Should another have been posted between both looks, the next one sees another time.
        self._known = (stamp, posted)
        return posted
