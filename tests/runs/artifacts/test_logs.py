"""Logs read by range, against the lines of the whole file."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.artifacts import logs
from runs.artifacts.local import LocalArtifacts
from runs.artifacts.logs import Place, lines_around, lines_before, log_lines, log_tail, search_log
from runs.artifacts.paths import file_path


@pytest.fixture
def log(artifact_root):
    artifact_root.mkdir(exist_ok=True)
    opened = []

    def write(data):
        (artifact_root / "a.log").write_bytes(data if isinstance(data, bytes) else data.encode())
        opened.append(LocalArtifacts().open(file_path("a.log")))
        return opened[-1]

    yield write
    for file in opened:
        file.close()


LONG = "".join(f"line {number} {'é' * (number % 90)}\n" for number in range(1, 5001))


def numbered(shown):
    return list(enumerate(shown.text.splitlines(), shown.start.line))


def test_the_end_has_the_numbers_of_the_whole(log):
    shown = log_tail(log(LONG))

    assert numbered(shown)[-1][1].startswith("line 5000 ")
    assert all(text.startswith(f"line {number} ") for number, text in numbered(shown))
    assert len(shown.text.encode()) <= logs.TAIL


def test_from_the_end_back_to_the_beginning_and_forth(log):
    file = log(LONG)
    back, texts = log_tail(file), []
    while back:
        texts.insert(0, back.text)
        back = lines_before(file, back.start)
    forth, place = [], Place()
    while place.at < file.size:
        part = log_lines(file, place)
        forth.append(part.text)
        place = part.end

    assert "".join(texts) == LONG
    assert "".join(forth) == LONG
    assert place.line == 5001


@pytest.mark.parametrize("line", [1, 2, 199, 200, 201, 2500, 4999, 5000])
def test_the_lines_around_a_number_have_it(log, line):
    assert dict(numbered(lines_around(log(LONG), line)))[line].startswith(f"line {line} ")


@pytest.mark.parametrize("line", [5002, 10**14])
def test_a_line_beyond_the_end_is_none(log, line):
    assert lines_around(log(LONG), line) is None


def test_lines_with_a_text_are_found_whatever_their_capitals(log):
    found = search_log(log(LONG + "A Traceback\n" + LONG), "TRACEBACK")

    assert [(match.line, match.text) for match in found.matches] == [(5001, "A Traceback")]
    assert found.next is None


def test_a_search_goes_on_where_it_stopped(log, monkeypatch):
    monkeypatch.setattr(logs, "MOST_FOUND", 7)
    monkeypatch.setattr(logs, "PIECE", 1000)
    monkeypatch.setattr(logs, "SCANNED", 5000)
    file, place, found = log(LONG[:60_000]), Place(), []
    while place:
        part = search_log(file, "9 ", place)
        found += [match.line for match in part.matches]
        place = part.next

    lines = LONG[:60_000].split("\n")
    assert found == [number for number, text in enumerate(lines, 1) if "9 " in text]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="abé\r ", max_size=12), max_size=30), st.booleans(), st.integers(1, 9))
def test_any_log_is_searched_as_its_lines(log, lines, ends, piece):
    text = "\n".join(lines) + ("\n" if ends and lines else "")
    found = search_log(log(text), "a")

    assert [match.line for match in found.matches] == [n for n, line in enumerate(text.split("\n"), 1) if "a" in line]


def test_a_line_without_end_is_passed_over(log):
    found = search_log(log(b"x" * 3_000_000 + b"\nneedle\n"), "needle")

    assert [match.text for match in found.matches] == ["needle"]


@pytest.mark.parametrize("data", [b"", b"\n", b"\x00\x01", b"no end", b"\xff\xfe", b"\xf0\x9f"])
def test_no_log_is_an_error(log, data):
    file = log(data)

    assert log_tail(file).start.line == 1
    assert search_log(file, "x").next is None
