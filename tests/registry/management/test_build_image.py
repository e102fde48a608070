"""The context of an image, started without an engine."""

import json
import sys
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.management.commands import build_image
from registry.serving.image import engine
from tests.registry.serving.tiny_models import write_model
from tests.servers import ServerProcess, free_port, mlflow_environ


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "model", 5)


def build(model: Path, *arguments: str, name: str = "tiny:1") -> None:
    call_command("build_image", str(model), f"--name={name}", "--allow-loader=tiny_loader", *arguments, verbosity=0)


def test_the_context_serves_the_model_without_this_server(model, tmp_path):
    context = tmp_path / "context"
    build(model, f"--context-only={context}")

    # Moved, as into an image, and started as its Dockerfile says.
    context = context.rename(tmp_path / "elsewhere")
    entry = next(line for line in (context / "Dockerfile").read_text().splitlines() if line.startswith("ENTRYPOINT"))
    program = json.loads(entry.removeprefix("ENTRYPOINT"))[1:3]
    port = free_port()
    server = ServerProcess(
        [sys.executable, program[0], context / program[1], f"--model-python={sys.executable}", f"--port={port}"],
        port=port,
        log=tmp_path / "log",
        environ=mlflow_environ(),
    )
    try:
        body = json.dumps({"inputs": {"x": [1.0, 2.0]}}).encode()
        request = urllib.request.Request(f"{server.url}/invocations", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as response:
            assert json.load(response) == {"predictions": [5.0, 10.0]}
    finally:
        assert server.stop() == 0
    imports = "".join(path.read_text() for path in (context / "app").rglob("*.py"))
    assert "import django" not in imports and "from django" not in imports


def test_the_dockerfile_separates_packages_drops_rights_and_tells_its_health(model, tmp_path):
    build(model, f"--context-only={tmp_path / 'context'}")

    context = tmp_path / "context"
    text = (context / "Dockerfile").read_text()
    assert f"FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim" in text
    assert text.index("requirements-server.txt") < text.index("requirements-model.txt") < text.index("USER 10001")
    assert "HEALTHCHECK" in text
    assert (context / "requirements-model.txt").read_text() == "tinydep==1.0\n"
    assert (context / "requirements-server.txt").read_text().startswith("gunicorn==")


def test_without_an_engine_it_says_where_the_context_is(model, tmp_path, settings, monkeypatch):
    settings.TRACKUI_DATA = tmp_path / "data"
    monkeypatch.setattr(build_image, "answering_engine", lambda: None)

    with pytest.raises(CommandError, match="No engine of docker or podman answers here") as told:
        build(model, name="team/tiny:1")

    assert f"docker build --tag team/tiny:1 {tmp_path / 'data' / 'images' / 'team_tiny_1'}" in str(told.value)
    assert (tmp_path / "data" / "images" / "team_tiny_1" / "Dockerfile").exists()


def test_an_engine_that_answers_builds_it(model, tmp_path, settings, monkeypatch):
    settings.TRACKUI_DATA = tmp_path / "data"
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path / "asked"}\n')
    docker.chmod(0o700)
    monkeypatch.setenv("PATH", str(docker.parent))

    build(model)

    context = tmp_path / "data" / "images" / "tiny_1"
    assert (tmp_path / "asked").read_text() == f"info\nbuild --tag tiny:1 {context}\n"


def test_an_earlier_context_is_replaced_and_nothing_else(model, tmp_path):
    context = tmp_path / "context"
    build(model, f"--context-only={context}")
    (model / "answer.txt").write_text("7")
    build(model, f"--context-only={context}")
    assert (context / "model" / "answer.txt").read_text() == "7"

    (context / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(CommandError, match="was not written by build_image"):
        build(model, f"--context-only={context}")


@pytest.mark.parametrize("name", ["-t", "Churn", "a b", "a;b", "--file=x", "a:", ""])
def test_odd_names_are_refused(model, name):
    with pytest.raises(CommandError, match="images are called like"):
        build(model, name=name)


@pytest.mark.parametrize("name", ["churn", "churn:3", "registry.example:5000/team/churn-model:v1.2"])
def test_names_of_images(name):
    assert engine.NAME.fullmatch(name)
