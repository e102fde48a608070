"""Vendored files are the bytes their packages shipped."""

import hashlib
import re

from django.conf import settings

VENDOR = settings.BASE_DIR / "static/vendor"
ROW = re.compile(r"^\| (\S+\.js) \| (\S+) \| (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def test_each_file_has_the_checksum_that_is_written_down():
    rows = ROW.findall((VENDOR / "VENDORED.md").read_text())

    for name, _package, version, _licence, checksum in rows:
        assert version in name
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == checksum
    assert {name for name, *_ in rows} == {file.name for file in VENDOR.glob("*.js")}


def test_each_package_has_its_licence_beside_it():
    for script in VENDOR.glob("*.js"):
        stem = script.name.rsplit("-", 1)[0]
        assert (VENDOR / f"{stem}-LICENSE.txt").stat().st_size > 100


def test_the_names_in_use_are_those_of_the_files():
    page = (settings.BASE_DIR / "templates/base.html").read_text()
    loader = (settings.BASE_DIR / "static/js/lib/plotly.js").read_text()

    for name in re.findall(r"vendor/([\w.-]+\.js)", page + loader):
        assert (VENDOR / name).is_file()
