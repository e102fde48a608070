"""A version asked for predictions on its page, while a server answers with it."""

import http.server
import json
import socketserver
import tempfile
import threading
from pathlib import Path

import pytest

from registry.models import ModelServer
from tests.clients import PageClient, parse
from tests.factories import make_model_version, make_registered_model
from tests.registry.folders import make_model_folder, mlmodel
from trackui.clock import now_ms

pytestmark = pytest.mark.usefixtures("artifact_root")
TRY = "/models/churn/versions/1/try"


class Scorer(http.server.BaseHTTPRequestHandler):
    """Answers with what it is told to, and keeps what it was asked."""

    def do_POST(self):
        server = self.server
        server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(server.status)
        self.send_header("X-Model-Version", server.version)
        self.send_header("Content-Length", str(len(server.answer)))
        self.end_headers()
        if server.answer:
            self.wfile.write(server.answer)

    def address_string(self):
        return "socket"

    def log_message(self, *args):
        pass


@pytest.fixture
def scorer():
    with tempfile.TemporaryDirectory(prefix="try-") as folder:
        with socketserver.ThreadingUnixStreamServer(str(Path(folder) / "s"), Scorer) as server:
            server.daemon_threads = True
            server.status, server.version, server.answer, server.asked = 200, "1", b'{"predictions": [0.25]}', None
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server
            server.shutdown()


@pytest.fixture
def version(db):
    return make_model_version(make_registered_model("churn"), logged_model=make_model_folder())


def serve(version, scorer, *, seconds_ago=1):
    now = now_ms()
    return ModelServer.objects.create(
        uri=version.uri,
        model_version=version,
        address="http://127.0.0.1:7000",
        socket_path=scorer.server_address if scorer else "/nowhere",
        process_id=1,
        start_time=now - 100_000,
        beat_time=now - seconds_ago * 1000,
    )


def filled(page, **changed):
    """What a browser would send of the first form."""
    form = page.select_one("form.card")
    fields = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    fields |= {
        field["name"]: (field.select_one("option[selected]") or {"value": ""})["value"]
        for field in form.select("select")
    }
    fields |= {field["name"]: field.text for field in form.select("textarea")}
    return fields | changed


def table(page):
    return [[cell.text for cell in row.select("td")] for row in page.select("#prediction tbody tr")]


def test_without_a_server_the_page_says_how_to_start_one(pages, version, scorer):
    serve(version, scorer, seconds_ago=31)

    page = pages.html(TRY)

    assert page.select_one("#serve").text == "python manage.py serve_model models:/churn/1 --port 7000"
    assert not page.select("main form")


def test_a_page_that_waits_is_told_when_there_is_one(pages, version, scorer):
    assert pages.html(TRY).select_one("live-region #try-start")
    serve(version, scorer)

    told = pages.html(TRY, **{"HX-Request": "true"})

    assert told.select_one("section#try-start a.main")["href"] == TRY
    assert not told.select("form, header.head")


def test_fields_are_made_of_the_signature_and_filled_from_the_example(pages, version, scorer):
    serve(version, scorer)

    page = pages.html(TRY)

    labels = [" ".join(label.text.split()) for label in page.select("label")]
    assert labels == ["height double", "age long", "town string, may be blank", "temperature double, may be blank"]
    assert filled(page)["c0"] == "1.5"
    assert filled(page)["p0"] == "0.5"
    assert json.loads(page.select_one("textarea[name=rows]").text)["dataframe_split"]["data"][1][1] == 40


def test_a_row_is_asked_and_the_answer_shown(pages, version, scorer):
    serve(version, scorer)

    page = parse(pages.post(TRY, filled(pages.html(TRY), c1="7", c2="")))

    split = {"columns": ["height", "age"], "data": [[1.5, 7]]}
    assert scorer.asked == {"dataframe_split": split, "params": {"temperature": 0.5}}
    assert table(page) == [["0.25"]]
    assert "by version 1" in page.select_one("#prediction header").text
    assert filled(page)["c1"] == "7"


def test_several_rows_are_asked_as_json(pages, version, scorer):
    serve(version, scorer)
    scorer.answer = json.dumps({"predictions": [{"a": 1, "b": "<b>"}, {"a": None}]}).encode()

    page = parse(pages.post(TRY, {"rows": '[{"height": 1}, {"height": 2}]'}))

    assert scorer.asked == {"dataframe_records": [{"height": 1}, {"height": 2}]}
    assert table(page) == [["1", "<b>"], ["", ""]]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("c0", "abc", "height must be a number"),
        ("c0", "inf", "height must be a finite number"),
        ("c0", " ", "height must be filled in"),
        ("c1", "1.5", "age must be a whole number"),
        ("c1", "9" * 40, "age must be a whole number"),
        ("c1", str(2**63), "age must be from -9,223"),
    ],
)
def test_values_that_are_no_such_thing_are_told_at_their_fields(pages, version, scorer, field, value, said):
    serve(version, scorer)

    page = parse(pages.post(TRY, filled(pages.html(TRY), **{field: value})))

    assert said in page.select_one(f"#{field}-error").text
    assert scorer.asked is None


def test_a_complaint_of_the_model_is_told_at_its_column(pages, version, scorer):
    serve(version, scorer)
    scorer.status, scorer.answer = 400, json.dumps({"message": "Column 'age' expects long, not string."}).encode()

    page = parse(pages.post(TRY, filled(pages.html(TRY))))

    assert "expects long" in page.select_one("#prediction .failure").text
    assert page.select_one("#c1")["aria-invalid"] == "true"
    assert not page.select_one("#c0").has_attr("aria-invalid")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("[{", "line 1, column"),
        ("5", "must be a list of rows"),
        ("{}", "must be a list of rows"),
        ("[NaN]", "no number in JSON"),
        ("[" * 100_000, "Rows:"),
        ("[" + "1," * 600_000 + "1]", "larger than 1 MiB"),
    ],
)
def test_rows_that_are_none_are_told(pages, version, scorer, rows, said):
    serve(version, scorer)

    response = pages.post(TRY, {"rows": rows})

    assert response.status_code == 400
    assert said in parse(response).select_one(".failure").text
    assert scorer.asked is None


def test_a_server_that_does_not_answer_is_told(pages, version):
    serve(version, None)

    response = pages.post(TRY, {"rows": "[[1]]"})

    assert response.status_code == 503
    assert "does not answer" in parse(response).select_one(".failure").text


@pytest.mark.parametrize(
    "answer", [b"", b"\xff", b"{", b"[]", b'"\\ud800"', b'{"predictions": {"a": [1], "b": [1, 2]}}']
)
def test_any_answer_is_shown(pages, version, scorer, answer):
    serve(version, scorer)
    scorer.answer = answer

    assert pages.post(TRY, {"rows": "[[1]]"}).status_code == 200


def test_the_answer_of_a_later_version_is_said_to_be_one(pages, version, scorer):
    serve(version, scorer)
    scorer.version = "2"

    assert "moved on" in parse(pages.post(TRY, {"rows": "[[1]]"})).select_one("#prediction").text


INPUTS = [
    {"type": "boolean", "name": "flag"},
    {"type": "datetime", "name": "at"},
    {"type": "array", "items": {"type": "double"}, "name": "list"},
    {"type": "object", "properties": {"a": {"type": "long"}}, "name": "thing"},
    {"type": "binary", "name": "bytes", "required": False},
]


def test_every_type_has_its_field(pages, db, scorer):
    text = mlmodel(inputs=INPUTS, params=None)
    files = {"MLmodel": text, "serving_input_example.json": None}
    version = make_model_version(make_registered_model("churn"), logged_model=make_model_folder(**files))
    serve(version, scorer)
    given = {"c0": "true", "c1": "2026-01-31T12:00:00", "c2": "[1, 2]", "c3": '{"a": 1}', "c4": ""}

    pages.post(TRY, given)
    wrong = parse(pages.post(TRY, dict.fromkeys(given, "nonsense")))

    row = [True, "2026-01-31T12:00:00", [1, 2], {"a": 1}]
    assert scorer.asked["dataframe_split"] == {"columns": ["flag", "at", "list", "thing"], "data": [row]}
    assert len(wrong.select(".field .error")) == 4


@pytest.mark.parametrize(
    ("inputs", "rows"),
    [
        ([{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}], {"inputs": [[0.0, 0.0]]}),
        (None, {"dataframe_split": {"columns": [], "data": []}}),
    ],
)
def test_tensors_and_what_has_no_signature_are_asked_by_json(pages, db, scorer, inputs, rows):
    files = {"MLmodel": mlmodel(inputs=inputs, params=None), "serving_input_example.json": None}
    version = make_model_version(make_registered_model("churn"), logged_model=make_model_folder(**files))
    serve(version, scorer)

    page = pages.html(TRY)

    assert len(page.select("main form")) == 1
    assert json.loads(page.select_one("textarea").text) == rows


def test_other_sites_cannot_ask(version, scorer):
    serve(version, scorer)
    client = PageClient()
    client.handler.enforce_csrf_checks = True

    assert client.post(TRY, {"rows": "[[1]]"}).status_code == 403
    assert scorer.asked is None
