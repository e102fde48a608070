import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.artifacts.paths import MAX_DEPTH, ROOT, directory_path, file_path
from trackui.errors import InvalidParameterValue

SAFE = [
    "a.txt",
    "a/b/c.txt",
    "with blanks .txt",
    " leading",
    "%41.txt",
    "100%.txt",
    "a+b&c=d?.txt",
    "café/naïve.txt",
    "模型/权重.bin",
    "🚀.png",
    "e\u0301.txt",
    ".hidden",
    "...",
    "a..b",
    "-rf",
    "~",
    "a;b",
    "images/loss+step+1+timestamp+2+uuid.png",
    "images/loss%step%23%timestamp%1795247367123%g0b6af1d-b80f-4b2c-95c6-a0ec24708557.png",
    "images/loss%step%10%timestamp%1795247367123%g0b6af1d-b80f-4b2c-95c6-a0ec24708557%compressed.webp",
    "x" * 255,
    "/".join(["d"] * MAX_DEPTH),
]

UNSAFE = [
    "..",
    "../x",
    "../../../../etc/passwd",
    "a/../b",
    "a/..",
    ".",
    "./a",
    "a/./b",
    "a//b",
    "a/",
    "/",
    "//etc",
    "/etc/passwd",
    "..\\..\\x",
    "a\\b",
    "C:/Windows",
    "c:",
    "a/C:/b",
    "%2e%2e%2fx",
    "%2E%2E/x",
    "%252e%252e%252fetc%252fpasswd",
    "a/%2e%2e/b",
    "%2fetc",
    "a%5cb",
    "file:///etc/passwd",
    "FILE:/etc",
    " file:x",
    "file%3a%2f%2f%2fetc",
    "a/file:/b",
    "model\x00.pkl",
    "model%00.pkl",
    "model%2500.pkl",
    "a\nb",
    "a%0ab",
    "a\x7f",
    "a\x85",
    "a#/../../x",
    "a%23/../../x",
    "a#b",
    "a%23b",
    "a;/../../x",
    "a/..;x/b",
    "a/x;../b",
    "a/..%3bx",
    "%ff",
    "a%c0%af",
    "\ud800",
    ".trackui-staging",
    "a/.trackui-x",
    ".TRACKUI-staging",
    ".trac\u212aui-staging",
    "%2etrackui-staging",
    "%2e%2e/x%step%1%timestamp%1795247367123%g0b6af1d-b80f-4b2c-95c6-a0ec24708557.png",
    "x" * 256,
    "é" * 128,
    "/".join(["d"] * (MAX_DEPTH + 1)),
    "/".join(["x" * 200] * 6),
]


@pytest.mark.parametrize("text", SAFE)
def test_a_safe_path_is_kept_as_it_is(text):
    assert str(file_path(text)) == text


@pytest.mark.parametrize("text", UNSAFE)
def test_an_unsafe_path_is_refused(text):
    with pytest.raises(InvalidParameterValue, match="Invalid path"):
        file_path(text)


def test_the_empty_path_is_the_top_directory_and_no_file():
    assert directory_path("") is ROOT
    with pytest.raises(InvalidParameterValue):
        file_path("")


def test_a_directory_may_end_with_one_slash():
    assert directory_path("a/b/") == directory_path("a/b")
    with pytest.raises(InvalidParameterValue):
        directory_path("a/b//")


@pytest.mark.parametrize("rounds", [9, 10, 40])
def test_a_path_encoded_without_end_is_refused(rounds):
    with pytest.raises(InvalidParameterValue):
        file_path("%" + "25" * rounds + "2e%2e/x")


def test_a_refusal_repeats_little_of_the_path_and_can_be_sent():
    with pytest.raises(InvalidParameterValue) as refusal:
        file_path("\ud800" * 5000)

    assert len(refusal.value.message) < 400
    assert refusal.value.message.encode()


@given(st.text(max_size=60))
def test_whatever_is_accepted_stays_below_its_directory(text):
    try:
        path = file_path(text)
    except InvalidParameterValue:
        return

    assert str(path) == text
    for name in path.segments:
        assert name not in ("", ".", "..")
        assert not {"/", "\\", "\0", "#"} & set(name)
        assert not any(unicodedata.category(character) == "Cc" for character in name)


@given(st.lists(st.sampled_from(["..", ".", "a", "b;..", "c", "%2e%2e", "\\", ""]), min_size=1), st.integers(0, 4))
def test_no_encoding_hides_what_is_refused_in_the_clear(segments, rounds):
    text = "/".join(segments)
    encoded = text
    for _ in range(rounds):
        encoded = quote(encoded, safe="")

    def accepted(path):
        try:
            return bool(file_path(path))
        except InvalidParameterValue:
            return False

    assert accepted(encoded) <= accepted(text)
