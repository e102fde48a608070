"""What every template keeps to: nothing inline, nothing unescaped, and a head that says what it needs."""

import re

import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "templates"
OURS = sorted(path for path in FOLDER.rglob("*.html") if path.relative_to(FOLDER).parts[0] != "admin")


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_template_has_nothing_inline_and_marks_nothing_safe(path):
    source = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)

    assert not re.search(r"<style|\sstyle\s*=", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"<[^>]*\son\w+\s*=", source)
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|safeseq", source)
    assert not re.search(r"""(?:href|src|action)\s*=\s*["'](?:https?:)?//""", source)


@pytest.mark.parametrize(
    "path", [path for path in OURS if path.name.startswith("_")], ids=lambda path: str(path.relative_to(FOLDER))
)
def test_a_fragment_says_at_its_head_what_it_needs(path):
    head = path.read_text().split("#}")[0]

    assert head.startswith("{# ")
    assert re.search(r"\b[Nn]eeds?\b|\bMade by\b", head)
