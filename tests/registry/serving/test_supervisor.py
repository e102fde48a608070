import os
import shutil
import stat
import subprocess
import sys

import pytest

from registry.serving.supervisor import LONGEST_SOCKET_PATH, socket_folder


@pytest.fixture
def short(tmp_path_factory):
    """A folder whose path is short, whatever the tests are called."""
    folder = tmp_path_factory.getbasetemp().parent / f"s{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_sockets_lie_in_a_private_folder(short):
    folder = socket_folder(short)

    assert folder.parent == short
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(short.stat().st_mode) == 0o700


def test_a_path_too_long_for_sockets_is_not_used(tmp_path):
    preferred = tmp_path / ("x" * LONGEST_SOCKET_PATH)

    folder = socket_folder(preferred)

    assert folder.parent != preferred and stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_what_killed_servers_left_is_removed_and_nothing_of_others(short):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, others, odd = short / f"{ended.pid}-abc", short / f"{os.getppid()}-abc", short / "notes"
    for folder in (left, others, odd):
        folder.mkdir(parents=True)
        (folder / "board.json").write_text("{}")

    socket_folder(short)

    assert not left.exists() and others.exists() and odd.exists()
