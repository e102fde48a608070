"""A head that is remembered is read as it was when it was parsed."""

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from trackui import request_heads
from trackui.request_heads import PARSED, RememberedRequest

POST = b"POST /api/2.0/mlflow/runs/log-metric?a=b#c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
REQUESTS = {
    "post": POST + b"body" + POST,
    "get": b"GET /%20 HTTP/1.0\r\nX: 1\r\nX: 2\r\n\r\n",
    "no headers": b"GET / HTTP/1.1\r\n\r\n",
    "an empty line before": b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "expects": b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "large": b"GET / HTTP/1.1\r\nCookie: %s\r\n\r\n" % (b"c" * 4000),
}


@pytest.fixture(autouse=True)
def known(monkeypatch):
    known = {}
    monkeypatch.setattr(RememberedRequest, "known", known)
    return known


def parsed(kind, pieces, address="127.0.0.1"):
    """All that was found out, and what is left to read."""
    request = kind(Config(), IterUnreader(pieces), (address, 1))
    outcome = [getattr(request, name) for name in PARSED]
    body = request.body.read()
    rest = b"".join(iter(request.unreader.read, b""))
    return *outcome, request.must_close, type(request.body.reader), body, rest


@pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("cut", [None, 10, -1], ids=["whole", "cut in the head", "cut at the end"])
def test_the_first_time_and_again_it_is_what_gunicorn_reads(data, cut):
    pieces = [data] if cut is None else [data[:cut], data[cut:]]
    expected = parsed(Request, pieces)

    outcomes = [parsed(RememberedRequest, [data]), parsed(RememberedRequest, pieces), parsed(RememberedRequest, [data])]

    assert outcomes == [expected] * 3


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_what_is_refused_is_refused_again(data):
    for _ in range(3):
        with pytest.raises(ParseException):
            parsed(RememberedRequest, [data])


def test_changes_to_a_request_stay_its_own():
    first = RememberedRequest(Config(), IterUnreader([POST]), ("127.0.0.1", 1))
    first.headers.append(("X", "1"))
    again = RememberedRequest(Config(), IterUnreader([POST]), ("127.0.0.1", 1))
    again.headers.clear()

    assert parsed(RememberedRequest, [POST]) == parsed(Request, [POST])


def test_memory_is_bounded(known, monkeypatch):
    monkeypatch.setattr(request_heads, "MOST_REMEMBERED", 3)

    for number in range(20):
        parsed(RememberedRequest, [b"GET /%d HTTP/1.1\r\n\r\n" % number])
        parsed(RememberedRequest, [REQUESTS["large"]])

    assert 0 < len(known) <= 3
    assert all(len(head) <= request_heads.LARGEST_REMEMBERED for _, head in known)


def test_who_comes_through_a_unix_socket_has_no_address(known):
    for _ in range(2):
        request = RememberedRequest(Config(), IterUnreader([POST + b"body"]), "")
        assert request.path == "/api/2.0/mlflow/runs/log-metric"
    assert list(known) == [("", POST)]
