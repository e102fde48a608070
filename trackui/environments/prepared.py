"""Virtual environments made once for each list of requirements and kept, for models that are served and projects."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from trackui.content_cache import ContentCache, HeldFolder
from trackui.environments.building import build
from trackui.environments.interpreters import interpreter_for, uv

# Part of the key: environments that another way of building left are not taken.
LAYOUT = "1"


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that stays until `held` is released."""

    held: HeldFolder

    @property
    def python(self) -> Path:
        return self.held.path / "bin" / "python"


def environments() -> ContentCache:
    return ContentCache(settings.TRACKUI_DATA / "environments")


def prepared_environment(
    requirements: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    python_version: str = "",
    folder: Path | None = None,
    say: Callable[[str], None],
) -> Environment:
    """One with these lines of a requirements.txt and of a constraints.txt, built unless it is there. CannotBuild.

    `folder`: where files are that lines name. `say` is told what takes time, a line each.
    """
    interpreter = interpreter_for(python_version)
    if interpreter.warning:
        say(f"Warning: {interpreter.warning}")
    key = _key(interpreter.version, requirements, constraints, folder)

    def make(staging: Path, final: Path) -> None:
        say(f"Building an environment with {'uv' if uv() else 'pip'} ({key[:12]}, Python {interpreter.version}) …")
        with tempfile.TemporaryDirectory(prefix="trackui-requirements-") as texts:
            arguments = []
            for option, name, lines in (
                ("-r", "requirements.txt", requirements),
                ("-c", "constraints.txt", constraints),
            ):
                if lines:
                    text = Path(texts) / name
                    text.write_text("\n".join(lines) + "\n")
                    arguments += [option, str(text)]
            build(staging, final, interpreter=interpreter, arguments=arguments, folder=folder or Path(texts))

    def waits() -> None:
        say(f"Waiting for the environment {key[:12]}, which another process builds …")

    return Environment(environments().hold(key, make, when_waiting=waits))


def _key(version: str, requirements: Sequence[str], constraints: Sequence[str], folder: Path | None) -> str:
    """Of texts, and of the files of `folder` that lines name."""
    digest = hashlib.sha256(json.dumps([LAYOUT, version, list(requirements), list(constraints)]).encode())
    for line in requirements if folder else ():
        file = folder / line.split()[-1]
        if file.is_file():
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
