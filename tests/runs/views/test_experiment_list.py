"""The list of experiments."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clients import parse
from tests.factories import make_experiment, make_run

URL = "/experiments/"


def queries_of(action):
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def names(html):
    return [link.get_text() for link in html.select("#experiment_table tbody th a")]


def row_of(html, name):
    link = next(link for link in html.select("#experiment_table tbody th a") if link.get_text() == name)
    return link.find_parent("tr")


def test_a_row_shows_note_tags_runs_and_what_is_running(pages):
    experiment = make_experiment("covtype", tags={"mlflow.note.content": "# The *plan*\nmore", "team": "tabular"})
    make_run(experiment, status="FINISHED")
    make_run(experiment)
    make_run(experiment, lifecycle_stage="deleted")

    row = row_of(pages.html(URL), "covtype")

    assert [cell.get_text(strip=True) for cell in row.select("td")][:4] == ["The plan", "teamtabular", "2", "1"]
    assert row.select_one("time-ago").get_text() == "just now"


def test_the_latest_active_experiment_comes_first(pages):
    old, new = make_experiment("old"), make_experiment("new")
    make_run(new, start_time=2_000)
    make_run(old, start_time=9_000_000_000_000)

    assert names(pages.html(URL))[0] == "old"


@pytest.mark.parametrize(("order", "first"), [("name", "Default"), ("-name", "zeta"), ("-creation_time", "zeta")])
def test_columns_sort(pages, order, first):
    make_experiment("alpha beta")
    make_experiment("zeta")

    html = pages.html(URL, {"order": order})

    assert names(html)[0] == first
    assert html.select_one("th[aria-sort]")["aria-sort"] == ("descending" if order[0] == "-" else "ascending")


def test_search_takes_mlflow_s_grammar_and_bare_words(pages):
    make_experiment("covtype sweep", tags={"team": "tabular"})
    make_experiment("resnet", tags={"team": "vision"})

    assert names(pages.html(URL, {"q": "name LIKE 'cov%' AND tags.team = 'tabular'"})) == ["covtype sweep"]
    assert names(pages.html(URL, {"q": "RESNET"})) == ["resnet"]


def test_a_filter_that_cannot_be_read_is_marked_at_its_token(pages):
    response = pages.get(URL, {"q": "nmae = 'x'"})

    html = parse(response)
    assert response.status_code == 400
    assert html.select_one("#complaint .q-error").get_text() == "nmae"
    assert html.select_one("textarea").get_text() == "nmae = 'x'"
    assert html.select_one("query-box")["data-error-start"] == "0"


def test_deleted_experiments_are_shown_on_request(pages):
    make_experiment("gone", lifecycle_stage="deleted")

    assert "gone" not in names(pages.html(URL))
    assert names(pages.html(URL, {"view": "deleted"})) == ["gone"]
    assert {"gone", "Default"} <= set(names(pages.html(URL, {"view": "all"})))


def test_pages_have_numbers_and_say_the_total(pages):
    for number in range(60):
        make_experiment(f"experiment {number:02}")

    html = pages.html(URL, {"order": "name", "page": 2})

    assert html.select_one(".said b").get_text() == "61"
    assert html.select_one(".pager .here").get_text() == "2"
    assert len(names(html)) == 11


def test_an_address_that_makes_no_sense_shows_the_list(pages):
    assert names(pages.html(URL, {"order": "x;drop", "page": "-4", "view": "evil"})) == ["Default"]


def test_names_and_notes_are_text(pages):
    make_experiment("<img src=x onerror=alert(1)>", tags={"mlflow.note.content": "</script><b>x", "a": "<i>"})

    html = pages.html(URL)

    assert "<img src=x onerror=alert(1)>" in names(html)
    assert not html.select("td b, td i, th img")


def test_a_poll_gets_the_fragment_and_then_304(pages):
    make_experiment("one")

    first = pages.get(URL, headers={"HX-Request": "true"})
    again = pages.get(URL, headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert first.content.decode().lstrip().startswith("<section")
    assert again.status_code == 304
    assert not again.content


def test_csv_holds_every_experiment_that_matches(pages):
    experiment = make_experiment("=cmd()")
    make_run(experiment)

    response = pages.get("/experiments.csv", {"q": "name LIKE '=%'"})

    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [(row["name"], row["runs"]) for row in rows] == [("'=cmd()", "1")]


def test_the_list_as_json_and_parquet(pages):
    make_experiment("covtype", tags={"team": "vision"})

    rows = json.loads(b"".join(pages.get("/experiments.json?q=name+%3D+'covtype'").streaming_content))

    assert [(row["name"], row["runs"], json.loads(row["tags"])) for row in rows] == [("covtype", 0, {"team": "vision"})]
    assert b"".join(pages.get("/experiments.parquet").streaming_content).startswith(b"PAR1")


def test_a_file_of_a_filter_that_cannot_be_read_is_refused(pages):
    assert pages.get("/experiments.json?q=name+%3D").status_code == 400


def test_queries_do_not_grow_with_experiments(pages):
    make_run(make_experiment("first", tags={"a": "1"}))
    few = queries_of(lambda: pages.html(URL))
    for number in range(20):
        make_run(make_experiment(f"more {number}", tags={"a": "1", f"b{number}": "2"}))

    assert queries_of(lambda: pages.html(URL)) == few <= 8
