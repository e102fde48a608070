"""Which Python an environment is made with."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from trackui import env

VERSION = re.compile(r"(\d+)\.(\d+)(?:\.\d+)?")
ASK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`warning`: what to say when it is not the one that was asked for."""

    path: str
    version: str
    warning: str = ""


def interpreter_for(version: str) -> Interpreter:
    """A Python of the same `major.minor`: this one, uv's, or pythonX.Y on PATH; else this one, with a warning.

    A version that is no number, or none, is this one's.
    """
    this = Interpreter(sys.executable, platform.python_version())
    wanted = VERSION.fullmatch(version.strip())
    if wanted is None or f"{wanted[1]}.{wanted[2]}" == minor(this.version):
        return this
    name = f"{wanted[1]}.{wanted[2]}"
    for candidate in (_of_uv(name), shutil.which(f"python{name}")):
        found = _version_of(candidate) if candidate else ""
        if found and minor(found) == name:
            return Interpreter(candidate, found)
    warning = f"Python {name}, which it was made with, is not here: using {minor(this.version)}."
    return Interpreter(this.path, this.version, warning)


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def uv() -> str | None:
    return shutil.which("uv")


def _of_uv(version: str) -> str | None:
    """One that uv knows of; it is not asked to download any."""
    program = uv()
    return _answer([program, "python", "find", "--no-python-downloads", version]) if program else None


def _version_of(python: str) -> str:
    return _answer([python, "-I", "-c", "import platform; print(platform.python_version())"])


def _answer(command: list[str]) -> str:
    """The last line a command prints; nothing when it fails, as the shims of absent versions do."""
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=ASK_SECONDS, env=env.cleaned(fetching=True), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.strip().splitlines()
    return lines[-1].strip() if done.returncode == 0 and lines else ""
