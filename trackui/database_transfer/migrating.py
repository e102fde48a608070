"""Migrations of an empty database, in a process of their own: they know one database, the default."""

import os
import subprocess
import sys
import threading

from django.conf import settings
from django.core.management import execute_from_command_line

from trackui import env
from trackui.database_transfer.errors import TransferError


def migrate(url: str) -> None:
    environment = env.with_changes(
        TRACKUI_DATABASE_URL=url, DJANGO_SETTINGS_MODULE="trackui.settings", PYTHONPATH=str(settings.BASE_DIR)
    )
    child = subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", __name__],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        # Not communicate(), which would end the child's input.
        complaint = child.stderr.read().strip()
    if child.returncode:
        raise TransferError(f"The target could not be migrated: {(complaint or 'no message').splitlines()[-1]}")


def end_with_the_parent() -> None:
    """The input ends when the parent does, however it dies: a transfer begun anew finds nobody else migrating."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    execute_from_command_line(["manage.py", "migrate", "--no-input", "--verbosity=0", "--skip-checks"])
