"""The commands that make a virtual environment."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from trackui import env
from trackui.environments.interpreters import Interpreter, uv

# What is told of the output of a command that failed.
TAIL_LINES = 25
# Large packages over a slow line; nobody waits for longer.
BUILD_SECONDS = 3600

# Of this process, for those who end while a thread of theirs builds.
_running: set[subprocess.Popen] = set()


class CannotBuild(Exception):
    """The environment could not be made; the message ends with what the installer said last."""


def build(staging: Path, final: Path, *, interpreter: Interpreter, arguments: Sequence[str], folder: Path) -> None:
    """Make in `staging` an environment that will stand at `final`.

    `arguments` of pip's install, none for an empty one; `folder`: where files are that requirements name.
    """
    python = staging / "bin" / "python"
    installer = uv()
    if installer:
        _run([installer, "venv", "--quiet", "--allow-existing", "--python", interpreter.path, str(staging)])
        install = [installer, "pip", "install", "--quiet", "--python", str(python)]
    else:
        _run([interpreter.path, "-I", "-m", "venv", str(staging)])
        install = [str(python), "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--quiet"]
    if arguments:
        _run([*install, *arguments], folder=folder)
    _say_where_it_stands(staging / "bin", staging=staging, final=final)


def stop_building() -> None:
    """Whatever is being built in threads of this process fails now."""
    for process in tuple(_running):
        process.kill()


def _say_where_it_stands(folder: Path, *, staging: Path, final: Path) -> None:
    """The scripts of an environment name its place."""
    before, after = str(staging).encode(), str(final).encode()
    for script in folder.iterdir():
        if script.is_file() and not script.is_symlink():
            text = script.read_bytes()
            if before in text and b"\0" not in text:
                script.write_bytes(text.replace(before, after))


def _run(command: Sequence[str], *, folder: Path | None = None) -> None:
    """No shell, nothing to answer, none of our secrets."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        with subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=env.cleaned(fetching=True),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            _running.add(process)
            try:
                tail.extend(process.communicate(timeout=BUILD_SECONDS)[0].splitlines())
            except BaseException:
                process.kill()
                raise
            finally:
                _running.discard(process)
    except OSError as error:
        raise CannotBuild(f"{command[0]} cannot be run: {error.strerror}.") from None
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{command[0]} was not done after {BUILD_SECONDS // 60} minutes.") from None
    if process.returncode:
        said = "\n".join(f"  {line}" for line in tail)
        raise CannotBuild(f"{Path(command[0]).name} ended with status {process.returncode}:\n{said}")
