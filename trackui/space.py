"""The last of a disk is kept free: below the floor nothing new is written, and reading goes on."""

import os
import time
from pathlib import Path

from django.conf import settings

MIB = 2**20
# Seconds for which an answer is remembered.
REMEMBERED = 1.0

_known: dict[Path, tuple[float, bool]] = {}


def lacks_space(place: Path | int) -> bool:
    """Whether less than TRACKUI_FREE_SPACE_MIB, or less than a hundredth of the disk, is free at a folder or file."""
    disk = os.statvfs(place)
    free, whole = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    floor = settings.TRACKUI_FREE_SPACE_MIB * MIB
    return bool(whole and floor) and free < max(floor, whole // 100)


def lacks_space_now(folder: Path) -> bool:
    """The same, asked once a second: a write need not wait for a file server each time."""
    now = time.monotonic()
    asked, lacks = _known.get(folder, (-REMEMBERED, False))
    if now - asked >= REMEMBERED:
        lacks = lacks_space(folder)
        _known[folder] = (now, lacks)
    return lacks
