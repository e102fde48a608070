"""What the README lists is what the code has."""

import re
import subprocess

import pytest

from tests.servers import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_every_setting_is_listed_and_every_listed_one_is_there():
    settings = (REPOSITORY / "trackui" / "settings.py").read_text()

    read = set(re.findall(r'env\.\w+\(\s*"(TRACKUI_\w+)"', settings))
    first_cells = re.findall(r"^\| (`TRACKUI_[^|]+)\|", README, flags=re.MULTILINE)
    listed = set(re.findall(r"`(TRACKUI_\w+)`", " ".join(first_cells)))

    assert listed == read


def test_the_environment_is_read_in_one_place():
    readers = {
        str(path.relative_to(REPOSITORY))
        for app in ("trackui", "runs")
        for path in (REPOSITORY / app).rglob("*.py")
        # The demo is a script that runs outside of the server.
        if "demo" not in path.parts and re.search(r"os\.(environ|getenv)", path.read_text())
    }

    assert readers == {"trackui/env.py", "trackui/wsgi.py"}


@pytest.mark.parametrize("target", ["run", "test", "demo", "lint"])
def test_the_make_commands_exist_and_are_told_of(target):
    subprocess.run(["make", "--dry-run", target], cwd=REPOSITORY, check=True, capture_output=True)

    assert f"make {target}" in README


def test_the_check_of_a_change_is_the_test_command_of_the_readme():
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text()
    assert "make test" in README


def test_every_link_to_a_file_leads_somewhere():
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    missing = [target for target in targets if not (REPOSITORY / target).exists()]

    assert missing == []
