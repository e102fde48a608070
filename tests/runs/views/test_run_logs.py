"""The tab of logs as a browser without scripts has it."""

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from tests.clients import parse
from tests.factories import make_run

LINES = [f"step {number} <b>loss</b>" for number in range(1, 6001)]


@pytest.fixture
def run(db):
    run = make_run()
    text = "\n".join(LINES).encode() + b"\n"
    for path, data in {
        "model/weights.bin": b"\0",
        "train.log": text,
        "deep/logs/worker-1.txt": b"worker\n",
        "notes.txt": b"no log",
        "deep/stderr": b"oops\n",
    }.items():
        save_artifact(stored_path(run.artifact_uri) / file_path(path), [data])
    return run


def logs(pages, run, **query):
    return pages.html(f"/runs/{run.run_id}/logs", query)


def test_the_end_of_the_first_log_is_shown_and_the_others_offered(pages, run):
    page = logs(pages, run)

    assert [option["value"] for option in page.select("select[name=path] option")] == [
        "train.log",
        "deep/stderr",
        "deep/logs/worker-1.txt",
    ]
    assert page.select("[role=log] code > span")[-1].text == "step 6000 <b>loss</b>\n"
    assert page.select_one("#L6000")
    assert page.select_one("log-view")["at"] == str(len("\n".join(LINES)) + 1)


def test_a_match_leads_to_its_line(pages, run):
    found = logs(pages, run, path="train.log", q="STEP 1234 ")
    link = found.select_one(".matches a")

    page = pages.html(link["href"].partition("#")[0])

    assert link["href"].endswith("&line=1234#L1234")
    assert page.select_one("#L1234").text == "step 1234 <b>loss</b>\n"
    assert not page.select_one("log-view[follow]")


def test_earlier_and_later_lines_are_links(pages, run):
    page = logs(pages, run, path="train.log", line="1")
    later = pages.html(page.find("a", string="↓ later")["href"])
    earlier = pages.html(later.find("a", string="↑ earlier")["href"])

    first = later.select_one("[role=log] code > span")
    assert first.text == f"step {first['id'][1:]} <b>loss</b>\n"
    assert earlier.select_one("#L1")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"line": "x"}, "line=x"),
        ({"line": "-1"}, "line=-1"),
        ({"line": "999999"}, "no line 999,999"),
        ({"at": "1e3"}, "at=1e3"),
    ],
)
def test_a_place_that_is_not_there_is_named(pages, run, query, said):
    page = logs(pages, run, path="train.log", **query)

    assert said in page.select_one(".complaint").text
    assert page.select_one("#L6000")


@pytest.mark.parametrize(
    ("path", "status"), [("nothing.log", 404), ("../../etc/passwd", 400), ("a\0b", 400), ("deep", 400)]
)
def test_a_log_that_is_not_there_is_said(pages, run, path, status):
    response = pages.get(f"/runs/{run.run_id}/logs", {"path": path})

    assert response.status_code == status
    assert parse(response).select_one(".failure")


def test_what_is_no_text_is_said(pages, run):
    assert "not text" in logs(pages, run, path="model/weights.bin").select_one(".failure").text


def test_a_run_without_logs_says_how_to_log_one(pages, db):
    assert "No logs" in logs(pages, make_run()).select_one(".empty").text
