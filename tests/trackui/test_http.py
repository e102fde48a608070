"""Pages or their fragments, 304s, CSV that no spreadsheet runs, themes."""

import csv
import io

import pytest
from django.http import HttpResponse
from django.template import engines
from django_htmx.middleware import HtmxDetails

from trackui import http
from trackui.theme import ThemeMiddleware


@pytest.fixture
def templates(monkeypatch):
    sources = {
        "page.html": "<html>{{ word }}</html>",
        "_part.html": "<p>{{ word }}<time-ago ms=1>{{ passing }}</time-ago></p>",
    }

    def render(name, context, request):
        return engines["django"].from_string(sources[name]).render(context, request)

    monkeypatch.setattr(http, "render_to_string", render)


def page(rf, *, word="hello", passing="", **headers):
    request = rf.get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    return http.render_page(request, "page.html", {"word": word, "passing": passing}, fragment="_part.html")


def test_a_browser_gets_the_page_and_a_swap_its_fragment(rf, templates):
    assert page(rf).content == b"<html>hello</html>"
    assert page(rf, HX_Request="true").content.startswith(b"<p>hello")
    assert "HX-Request" in page(rf)["Vary"]


def test_a_poll_that_is_up_to_date_gets_304(rf, templates):
    etag = page(rf, HX_Request="true", passing="just now")["ETag"]

    assert page(rf, HX_Request="true", passing="1 min ago", If_None_Match=etag).status_code == 304
    assert page(rf, HX_Request="true", word="other", If_None_Match=etag).status_code == 200


def test_going_back_in_history_gets_the_whole_page(rf, templates):
    response = page(rf, HX_Request="true", HX_History_Restore_Request="true")

    assert response.content == b"<html>hello</html>"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "\r=1", "＝1"])
def test_csv_cells_that_a_spreadsheet_would_run_are_text(text):
    assert http.csv_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["-1.5", "+3", "1e-4", "-inf", "plain", 3, 0.25, ""])
def test_csv_numbers_and_plain_text_stay(value):
    assert http.csv_cell(value) == value


def test_a_csv_is_streamed_whole_and_reads_back():
    rows = [["name", "value"], *([f'run, "{number}"\n', number] for number in range(1000))]

    response = http.csv_response(iter(rows), 'träume "x"\r\n.csv')

    text = b"".join(response.streaming_content).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[str(cell) for cell in row] for row in rows]
    assert "\r" not in response["Content-Disposition"]


def themed(rf, path="/", cookie=None):
    request = rf.get(path)
    if cookie:
        request.COOKIES["theme"] = cookie
    response = ThemeMiddleware(lambda request: HttpResponse(request.theme))(request)
    return response.content.decode(), response.cookies


def test_the_theme_of_the_address_wins_and_is_remembered(rf):
    theme, cookies = themed(rf, "/?theme=dark", cookie="light")

    assert theme == "dark"
    assert cookies["theme"].value == "dark"
    assert cookies["theme"]["httponly"]


def test_the_theme_is_the_remembered_one_else_the_system_s(rf):
    assert themed(rf, cookie="light")[0] == "light"
    assert themed(rf)[0] == "system"
    assert themed(rf, "/?theme=evil", cookie="<x>")[0] == "system"
