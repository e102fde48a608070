"""docker or podman, asked to build."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

ENGINES = ("docker", "podman")
ASK_SECONDS = 20
# A name as engines take it: perhaps a registry with its port, lower case parts, perhaps a tag.
NAME = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
    r"(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?"
)


def answering_engine() -> str | None:
    """The path of the first whose engine answers."""
    for name in ENGINES:
        program = shutil.which(name)
        if program and _answers(program):
            return program
    return None


def _answers(program: str) -> bool:
    try:
        done = subprocess.run([program, "info"], capture_output=True, timeout=ASK_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def build(engine: str, name: str, context: Path) -> bool:
    """Its output is the caller's; whether it succeeded."""
    command = [engine, "build", "--tag", name, str(context)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603
