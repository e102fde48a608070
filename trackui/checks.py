"""Start-up checks: what would make the server fail later is said before it starts."""

import os
import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from trackui.space import lacks_space

START = "start"

# Up to this release, a checkpoint at the wrong moment can lose a commit (the "WAL-reset" bug).
SOUND_SQLITE = (3, 51, 3)
SHORTEST_SECRET_KEY = 32


@register(START)
def folders_are_writable(app_configs, **kwargs) -> list[CheckMessage]:
    names = ("TRACKUI_DATA", "TRACKUI_ARTIFACTS")
    return [
        Error(f"{name}: {folder} cannot be written.", id="trackui.E001")
        for name in names
        if not is_writable(folder := Path(getattr(settings, name)))
    ]


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, or the folder itself where it is not there yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


@register(START)
def there_is_space(app_configs, **kwargs) -> list[CheckMessage]:
    folder = existing(settings.TRACKUI_DATA)
    if not lacks_space(folder):
        return []
    free = shutil.disk_usage(folder).free // 2**20
    return [
        Warning(
            f"TRACKUI_DATA: only {free} MiB are free at {folder}; writes are refused (TRACKUI_FREE_SPACE_MIB).",
            id="trackui.W001",
        )
    ]


def existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


@register(START)
def secret_key_is_a_secret(app_configs, **kwargs) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= SHORTEST_SECRET_KEY:
        return []
    return [Error(f"TRACKUI_SECRET_KEY must have at least {SHORTEST_SECRET_KEY} characters.", id="trackui.E002")]


@register(START)
def sqlite_is_sound(app_configs, **kwargs) -> list[CheckMessage]:
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"] or sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} has a rare bug in its write-ahead log that can lose a commit.",
            hint="Update Python's SQLite to 3.51.3 or later, or use PostgreSQL.",
            id="trackui.W002",
        )
    ]
