import os
import platform
import stat
import subprocess

import pytest

from tests.wheels import make_wheel
from trackui.environments import interpreters
from trackui.environments.building import CannotBuild
from trackui.environments.prepared import environments, prepared_environment

# What a made-up uv does: an empty environment, and nothing else.
MAKE_VENV = '[ "$1" = venv ] || exit 0\nfor last; do :; done\nmkdir -p "$last/bin"\n'


@pytest.fixture
def said():
    return []


@pytest.fixture(autouse=True)
def _offline(monkeypatch, settings, tmp_path):
    settings.TRACKUI_DATA = tmp_path / "data"
    wheels = make_wheel(tmp_path / "wheels").parent
    make_wheel(wheels, version="2.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    install_uv(monkeypatch, None)


def install_uv(monkeypatch, path):
    for module in ("interpreters", "building", "prepared"):
        monkeypatch.setattr(f"trackui.environments.{module}.uv", lambda: path and str(path))


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o700)
    return path


def test_requirements_become_an_environment_that_is_built_once(said):
    environment = prepared_environment(["tinydep"], constraints=["tinydep<2"], say=said.append)
    again = prepared_environment(["tinydep"], constraints=["tinydep<2"], say=said.append)

    assert again.python == environment.python
    assert len(said) == 1 and said[0].startswith("Building an environment with pip")
    answer = subprocess.check_output([environment.python, "-I", "-c", "import tinydep; print(tinydep.ANSWER)"])
    assert answer == b"42\n"
    # Its scripts work where it stands now.
    assert subprocess.check_output([environment.python.with_name("tinydep")]) == b"42\n"
    assert stat.S_IMODE(environments().root.stat().st_mode) == 0o700

    environment.held.release()
    again.held.release()
    assert len(environments().prune(older_than=-1)) == 1
    assert environments().entries() == []


def test_a_failure_tells_what_the_installer_said_last(monkeypatch, tmp_path, said):
    complaint = "No matching distribution for absent-package"
    script = f'#!/bin/sh\n[ "$1" = venv ] && exit 0\nseq 100\necho "{complaint}" >&2\nexit 3\n'
    install_uv(monkeypatch, program(tmp_path / "bin" / "uv", script))

    with pytest.raises(CannotBuild) as failure:
        prepared_environment(["absent-package==9"], say=said.append)

    lines = str(failure.value).splitlines()
    assert lines[0] == "uv ended with status 3:"
    assert lines[-1].strip() == complaint
    assert len(lines) == 26
    assert environments().entries() == []


def test_the_installer_sees_no_setting_of_ours(monkeypatch, tmp_path, said):
    seen = tmp_path / "seen"
    fake = program(
        tmp_path / "bin" / "uv",
        f"#!/bin/sh\nenv >> {seen}\n{MAKE_VENV}",
    )
    install_uv(monkeypatch, fake)
    monkeypatch.setenv("TRACKUI_DATABASE_URL", "postgres://user:secret@host/db")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    prepared_environment(["tinydep"], say=said.append)

    assert said[0].startswith("Building an environment with uv")
    assert "secret" not in seen.read_text()
    assert "PIP_NO_INDEX=1" in seen.read_text() and f"HOME={os.environ['HOME']}" in seen.read_text()


def test_another_file_of_the_same_name_is_another_environment(monkeypatch, tmp_path, said):
    install_uv(monkeypatch, program(tmp_path / "bin" / "uv", f"#!/bin/sh\n{MAKE_VENV}"))
    wheel = tmp_path / "model" / "code" / "tiny.whl"
    wheel.parent.mkdir(parents=True)

    keys = []
    for content in (b"one", b"two"):
        wheel.write_bytes(content)
        keys.append(prepared_environment(["code/tiny.whl"], folder=tmp_path / "model", say=said.append).held.path.name)

    assert keys[0] != keys[1]


def test_another_python_is_taken_from_path_when_it_is_there(monkeypatch, tmp_path):
    python = program(tmp_path / "bin" / "python3.4", "#!/bin/sh\necho 3.4.10\n")
    monkeypatch.setenv("PATH", str(python.parent), prepend=os.pathsep)

    found = interpreters.interpreter_for("3.4.2")

    assert (found.path, found.version, found.warning) == (str(python), "3.4.10", "")


@pytest.mark.parametrize("wanted", ["2.1", "2.1.0"])
def test_a_python_that_is_not_there_is_told_and_this_one_taken(wanted):
    found = interpreters.interpreter_for(wanted)

    assert found.version == platform.python_version()
    assert found.warning.startswith("Python 2.1, which it was made with, is not here")


@pytest.mark.parametrize("wanted", ["", platform.python_version(), "3.x", "; rm -rf"])
def test_this_python_is_taken_without_a_word(wanted):
    assert interpreters.interpreter_for(wanted).warning == ""
