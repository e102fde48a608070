"""From the address of a model to what its scoring processes are started with: its files, and an environment."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from registry.serving.fetched import fetched_model
from registry.serving.front.board import Posted
from registry.serving.model_folder import ModelFolder, read_model_folder
from registry.serving.resolved import Resolved
from registry.serving.scorers import Launch
from trackui import env
from trackui.environments.prepared import prepared_environment

LOCAL, VIRTUALENV = "local", "virtualenv"
ENV_MANAGERS = (VIRTUALENV, LOCAL)
LARGEST_EXAMPLE = 2**20


@dataclass(frozen=True, slots=True)
class Preparation:
    """How models are made ready. `python`: for `local`, the interpreter that has the model's packages."""

    folder: Path
    env_manager: str = VIRTUALENV
    python: Path = Path(sys.executable)
    threads: int = 1
    loaders: tuple[str, ...] = ()
    say: Callable[[str], None] = print


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is held for it stays until `held.close()`."""

    model: Resolved
    folder: ModelFolder
    launch: Launch
    held: ExitStack


def prepared_model(model: Resolved, how: Preparation) -> Prepared:
    """Fetch the files, check them, and build the environment: minutes, when it must be built.

    Raises from trackui.errors what is wrong with the model, and CannotBuild.
    """
    with ExitStack() as stack:
        path = model.folder
        if path is None:
            path = stack.enter_context(fetched_model(model.stored, say=how.say)).path
        folder = read_model_folder(path, allowed=how.loaders)
        python = how.python
        if how.env_manager == VIRTUALENV:
            environment = prepared_environment(
                folder.requirements,
                constraints=folder.constraints,
                python_version=folder.python_version,
                folder=folder.path,
                say=how.say,
            )
            stack.enter_context(environment.held)
            python = environment.python
        launch = Launch(
            python=python,
            model=written(folder, how.folder),
            posted=Posted(model.uri, headers_of(model), folder.mlflow_version),
            threads=how.threads,
            environ=scorer_environ(),
            example=example_of(folder),
        )
        return Prepared(model, folder, launch, stack.pop_all())


def written(folder: ModelFolder, target: Path) -> Path:
    """The model as the scorer is told of it, in a file."""
    number = sum(1 for _ in target.glob("model*.json"))
    path = target / f"model{number}.json"
    path.write_text(json.dumps(folder.as_scorer_json()))
    return path


def example_of(folder: ModelFolder) -> bytes:
    """The request that was saved with the model, if one was."""
    path = folder.path / folder.serving_input if folder.serving_input else None
    return path.read_bytes() if path and path.is_file() and path.stat().st_size <= LARGEST_EXAMPLE else b""


def headers_of(model: Resolved) -> tuple[tuple[str, str], ...]:
    """What answers say of the model: printable ASCII, whatever it is called. Of a folder, nothing: where it is on this
    machine is nobody's business.
    """
    headers = [("X-Model-Uri", model.uri)] if model.folder is None else []
    if model.version is not None:
        headers += [("X-Model-Name", model.version.name), ("X-Model-Version", str(model.version.version))]
    return tuple((name, quote(value, safe="/:@ ")) for name, value in headers)


def scorer_environ() -> dict[str, str]:
    """None of our settings; the model's folder, which is shared, gets no compiled files."""
    return env.cleaned(PYTHONDONTWRITEBYTECODE="1", MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
