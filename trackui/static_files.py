"""Static files are collected at start, and only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

FINGERPRINT = ".fingerprint"


def collect_static_files() -> bool:
    """Bring STATIC_ROOT up to date; False when it was. The caller makes sure that nobody else does."""
    marker = settings.STATIC_ROOT / FINGERPRINT
    current = fingerprint()
    if marker.exists() and marker.read_text() == current:
        return False
    marker.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    marker.write_text(current)
    return True


def fingerprint() -> str:
    """Changes when a source file comes, goes or changes, or when it would be stored in another way."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for path in sorted(source_files()):
        status = path.stat()
        digest.update(f"\n{path} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def source_files() -> list[Path]:
    return [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
