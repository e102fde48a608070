"""Vendored files are the bytes their packages shipped."""

import hashlib
import re

import pytest
from django.conf import settings

FOLDERS = [settings.BASE_DIR / "static/vendor", settings.BASE_DIR / "tests/browser/vendor"]
ROW = re.compile(r"^\| (\S+\.\w+) \| (\S+) \| (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def vendored(folder):
    ours = ("VENDORED.md", "refresh.py")
    return [file for file in folder.glob("*.*") if file.name not in ours and not file.name.endswith("-LICENSE.txt")]


@pytest.mark.parametrize("folder", FOLDERS, ids=["served", "of tests"])
def test_each_file_has_the_checksum_that_is_written_down(folder):
    rows = ROW.findall((folder / "VENDORED.md").read_text())

    for name, _package, version, _licence, checksum in rows:
        assert version in name
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum
    assert {name for name, *_ in rows} == {file.name for file in vendored(folder)}


@pytest.mark.parametrize("folder", FOLDERS, ids=["served", "of tests"])
def test_each_package_has_its_licence_beside_it(folder):
    for file in vendored(folder):
        stem = file.name.rsplit("-", 1)[0]
        assert (folder / f"{stem}-LICENSE.txt").stat().st_size > 100


def test_the_names_in_use_are_those_of_the_files():
    page = (settings.BASE_DIR / "templates/base.html").read_text()
    loader = (settings.BASE_DIR / "static/js/lib/plotly.js").read_text()

    for name in re.findall(r"vendor/([\w.-]+\.js)", page + loader):
        assert (FOLDERS[0] / name).is_file()
