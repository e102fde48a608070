import io
import json
import tempfile
import threading
import time
from pathlib import Path

import pytest

from registry.serving.front import scoring
from registry.serving.front.application import LARGEST_BODY, Front
from registry.serving.front.board import Board, Posted
from registry.serving.front.scoring import Scorers
from registry.serving.front.tally import Tally
from tests.registry.serving.fake_scorer import FakeScorer

OK = {"status": 200, "content_type": "application/json", "rows": 1}


def echo(head, body):
    return OK | {"stats": {}}, body


@pytest.fixture
def sockets():
    """Short: a path of a socket may have some hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="front-") as folder:
        yield Path(folder)


@pytest.fixture
def board(sockets):
    board = Board(sockets / "board.json")
    board.post(Posted())
    return board


@pytest.fixture
def start(sockets, board):
    scorers = []

    def start(answer=echo, *, model="m", headers=()):
        scorers.append(FakeScorer(sockets / f"s{len(scorers)}", answer))
        board.post(Posted(model, tuple(headers), "3.17.2", (scorers[-1].path,)))
        return scorers[-1]

    yield start
    for scorer in scorers:
        scorer.close()


@pytest.fixture
def front(board):
    return Front(Scorers(board), Tally())


def call(front, path="/invocations", body=b"{}", *, method="POST", content_type="application/json", **environ):
    """Status, headers and the body that a client gets."""
    told = {}

    def start_response(status, headers):
        told.update(status=int(status.split()[0]), headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1:7000",
        "wsgi.input": io.BytesIO(body),
    } | environ
    answer = front(environ, start_response)
    return told["status"], told["headers"], b"".join(answer)


def test_a_request_is_passed_to_the_scorer_and_its_answer_back(front, start):
    asked = []

    def answer(head, body):
        asked.append((head, body))
        return OK, b'{"predictions": [1]}'

    start(answer, headers=[("X-Model-Version", "3")])
    status, headers, body = call(front, content_type="application/json; charset=utf-8", body=b'{"inputs": [1]}')

    assert (status, body) == (200, b'{"predictions": [1]}')
    assert asked == [({"op": "score", "content_type": "application/json; charset=utf-8"}, b'{"inputs": [1]}')]
    assert headers["X-Model-Version"] == "3"
    assert headers["Content-Length"] == "20" and headers["X-Content-Type-Options"] == "nosniff"


def test_connections_to_the_scorer_are_kept(front, start):
    scorer = start()

    for _ in range(5):
        call(front)

    assert scorer.connections == 1


def test_large_bodies_come_through_whole(front, start):
    start()
    body = bytes(range(256)) * 40_000

    assert call(front, body=body)[2] == body


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/invocations", "GET", 405), ("/ping", "POST", 405), ("/", "GET", 404), ("/invocations/", "POST", 404)],
)
def test_other_methods_and_addresses_are_refused_as_json(front, path, method, status):
    found, headers, body = call(front, path, method=method)

    assert found == status and headers["Content-Type"] == "application/json"
    assert json.loads(body).keys() == {"error_code", "message"}
    assert ("Allow" in headers) == (status == 405)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/vnd.apache.parquet", "application/jsonx"])
def test_other_types_are_refused(front, content_type):
    status, _, body = call(front, content_type=content_type)

    assert status == 415
    assert "application/json and text/csv" in json.loads(body)["message"]


def test_a_packed_body_is_refused(front):
    assert call(front, HTTP_CONTENT_ENCODING="gzip")[0] == 415


def test_a_body_too_large_is_refused_before_it_is_read(front):
    class Unread:
        def read(self, size):
            raise AssertionError

    found = call(front, CONTENT_LENGTH=str(LARGEST_BODY + 1), **{"wsgi.input": Unread()})

    assert found[0] == 413
    assert "Retry-After" not in found[1]


def test_a_body_of_unknown_length_is_read_up_to_the_limit(front, start):
    start()
    endless = type("Endless", (), {"read": lambda self, size: b"x" * size})()

    assert call(front, CONTENT_LENGTH="", **{"wsgi.input": endless})[0] == 413
    assert call(front, CONTENT_LENGTH="", body=b"{}")[2] == b"{}"


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://["},
        {"HTTP_ORIGIN": "http://127.0.0.1:8000"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
    ],
)
def test_pages_of_other_sites_are_refused(front, environ):
    assert call(front, **environ)[0] == 403


def test_its_own_origin_is_let_in(front, start):
    start()

    assert call(front, HTTP_ORIGIN="http://127.0.0.1:7000", HTTP_SEC_FETCH_SITE="same-origin")[0] == 200


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1:7", 200), ("[::1]:7", 200), ("", 200), ("evil.example", 400)])
def test_names_that_lead_here_by_chance_are_refused(board, start, host, status):
    start()
    front = Front(Scorers(board), Tally(), hosts=["127.0.0.1", "localhost", "[::1]"])

    assert call(front, HTTP_HOST=host)[0] == status


def test_probes_tell_whether_a_scorer_answers(front, start):
    assert [call(front, path, method="GET")[0] for path in ("/ping", "/health")] == [503, 503]

    scorer = start()
    assert [call(front, path, method="GET")[::2] for path in ("/ping", "/health")] == [(200, b"\n")] * 2
    assert call(front, "/version", method="GET")[2] == b"3.17.2"

    scorer.close()
    assert call(front, "/health", method="GET")[0] == 503


def test_requests_wait_for_a_scorer_that_is_started_again(front, start):
    start().close()
    threading.Timer(0.2, start).start()

    assert call(front)[0] == 200


def test_they_do_not_wait_for_ever(front, start, monkeypatch):
    monkeypatch.setattr(scoring, "WAIT_SECONDS", 0.05)

    assert call(front)[0] == 503
    start().close()
    status, headers, _ = call(front)
    assert status == 503 and headers["Retry-After"]


def test_a_model_that_takes_too_long_is_not_waited_for(board, start):
    front = Front(Scorers(board, seconds=0.1), Tally())
    is_over = threading.Event()
    start(lambda head, body: (is_over.wait(5), echo(head, body))[1])

    began = time.monotonic()
    assert call(front)[0] == 503
    assert time.monotonic() - began < 2
    is_over.set()


def test_a_model_that_is_stuck_is_avoided_and_told_by_health(board, sockets):
    is_over = threading.Event()

    def stick(head, body):
        is_over.wait(5)
        return echo(head, body)

    scorers = [FakeScorer(sockets / "a", stick), FakeScorer(sockets / "b", lambda head, body: (OK, b"quick"))]
    board.post(Posted("m", (), "", tuple(scorer.path for scorer in scorers)))
    front = Front(Scorers(board, seconds=0.1), Tally())
    assert call(front)[0] == 503

    assert [call(front)[2] for _ in range(3)] == [b"quick"] * 3
    assert call(front, "/health", method="GET")[0] == 200

    board.post(Posted("m", (), "", (scorers[0].path,)))
    assert call(front, "/health", method="GET")[0] == 503
    is_over.set()
    assert call(front)[0] == 200
    assert call(front, "/health", method="GET")[0] == 200
    for scorer in scorers:
        scorer.close()


def test_a_request_that_kills_a_scorer_is_not_given_to_the_next(front, start):
    def die(head, body):
        scorer.close()
        raise ConnectionError

    scorer = start(die)
    status, _, body = call(front)

    assert status == 503
    assert "ended while it had this request" in json.loads(body)["message"]


def test_a_request_that_met_a_model_on_its_way_out_goes_to_the_next(front, start):
    def hand_over(head, body):
        start(model="next", headers=[("X-Model-Version", "2")])
        raise ConnectionError

    start(hand_over, headers=[("X-Model-Version", "1")])
    status, headers, _ = call(front)

    assert (status, headers["X-Model-Version"]) == (200, "2")


def test_connections_to_a_model_that_is_gone_are_closed(front, start):
    first = start()
    call(front)

    start(model="next")
    call(front)

    assert first.open[0].fileno() == -1 or first.open[0].recv(1) == b""


def test_the_scorer_with_the_least_to_do_is_asked(board, sockets, front):
    is_over = threading.Event()

    def slow(head, body):
        is_over.wait(5)
        return OK, b"slow"

    scorers = [FakeScorer(sockets / "a", slow), FakeScorer(sockets / "b", lambda head, body: (OK, b"quick"))]
    board.post(Posted("m", (), "", tuple(scorer.path for scorer in scorers)))
    waiting = threading.Thread(target=call, args=[front])
    waiting.start()
    while not scorers[0].connections:
        time.sleep(0.01)

    assert [call(front)[2] for _ in range(3)] == [b"quick"] * 3
    is_over.set()
    waiting.join()
