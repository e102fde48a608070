"""What an image is built from: a Dockerfile, the model, and the part of this program that serves it."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from registry.serving.model_folder import ModelFolder
from registry.serving.preparing import example_of, headers_of
from registry.serving.resolved import Resolved
from trackui.environments.interpreters import VERSION

TEMPLATE = Path(__file__).with_name("Dockerfile.in")
# What the front and the scorer are made of, without Django.
PROGRAM = (
    "registry/__init__.py",
    "registry/serving/__init__.py",
    "registry/serving/children.py",
    "registry/serving/scorers.py",
    "registry/serving/standalone.py",
    "registry/serving/supervisor.py",
    "registry/serving/front",
    "registry/serving/scorer",
    "trackui/__init__.py",
    "trackui/client_socket.py",
    "trackui/gateway.py",
    "trackui/logs.py",
    "trackui/request_heads.py",
)
# Older ones cannot run the front; what is not known gets this one.
OLDEST_PYTHON, USUAL_PYTHON = (3, 10), "3.11"


def write_context(model: Resolved, folder: ModelFolder, target: Path) -> str:
    """Into `target`, an empty folder that is there. Answers the Python of the image: the model's, unless it is too
    old for the front.
    """
    python = image_python(folder.python_version)
    shutil.copytree(folder.path, target / "model", symlinks=True)
    for part in PROGRAM:
        copy_program(Path(settings.BASE_DIR) / part, target / "app" / part)
    told = {
        "model": folder.as_scorer_json(),
        "headers": headers_of(model),
        "mlflow_version": folder.mlflow_version,
        "example": example_of(folder).decode(errors="replace"),
    }
    (target / "model.json").write_text(json.dumps(told, indent=1))
    (target / "requirements-server.txt").write_text(f"gunicorn=={version('gunicorn')}\n")
    (target / "requirements-model.txt").write_text("".join(f"{line}\n" for line in folder.requirements))
    (target / "constraints-model.txt").write_text("".join(f"{line}\n" for line in folder.constraints))
    text = TEMPLATE.read_text().replace("{python}", python)
    (target / "Dockerfile").write_text(text)
    return python


def copy_program(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def image_python(wanted: str) -> str:
    found = VERSION.fullmatch(wanted)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_PYTHON:
        return USUAL_PYTHON
    return f"{found[1]}.{found[2]}"
