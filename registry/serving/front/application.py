"""MLflow's scoring protocol over HTTP, a WSGI callable: /invocations, /ping, /health, /version."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from registry.serving.front.scoring import Scored, Scorers, Unavailable
from registry.serving.front.tally import Tally

LARGEST_BODY = 32 * 2**20
PIECE = 2**20
CONTENT_TYPES = ("application/json", "text/csv")
RETRY_AFTER_SECONDS = "2"
JSON = "application/json"
ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
ERROR_CODES = {
    400: "BAD_REQUEST",
    403: "PERMISSION_DENIED",
    404: "ENDPOINT_NOT_FOUND",
    405: "BAD_REQUEST",
    413: "INVALID_PARAMETER_VALUE",
    415: "BAD_REQUEST",
    503: "TEMPORARILY_UNAVAILABLE",
}
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
# Of a Unix socket, on which clients of this machine name no host.
ANY_HOST = "*"


class Refused(Exception):
    """An answer that needs no scorer."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


class Front:
    """`hosts`: the names it answers to, without ports; with "*" among them to any."""

    def __init__(self, scorers: Scorers, tally: Tally, *, hosts: Iterable[str] = (ANY_HOST,)) -> None:
        self.scorers = scorers
        self.tally = tally
        self.hosts = frozenset(hosts)
        self.routes: dict[str, tuple[tuple[str, ...], Callable]] = {
            "/invocations": (("POST",), self.invocations),
            "/ping": (("GET", "HEAD"), self.health),
            "/health": (("GET", "HEAD"), self.health),
            "/version": (("GET", "HEAD"), self.version),
        }

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        try:
            return self.answer(environ, start_response)
        except Refused as refused:
            status, headers = refused.status, refused.headers
            body = json.dumps({"error_code": ERROR_CODES[status], "message": refused.message}).encode()
        start_response(
            STATUS_LINES[status], [("Content-Type", JSON), ("Content-Length", str(len(body))), *ALWAYS, *headers]
        )
        return [body]

    def answer(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        self.check_origin(environ)
        route = self.routes.get(environ["PATH_INFO"])
        if route is None:
            raise Refused(404, f"There is nothing here. This server has {', '.join(self.routes)}.")
        methods, view = route
        if environ["REQUEST_METHOD"] not in methods:
            raise Refused(405, f"{environ['PATH_INFO']} takes {methods[0]} only.", ("Allow", ", ".join(methods)))
        return view(environ, start_response)

    def check_origin(self, environ: dict) -> None:
        """Pages of other sites may not ask, also not by a name of their own that leads here."""
        host = environ.get("HTTP_HOST", "")
        if ANY_HOST not in self.hosts and host and host_name(host) not in self.hosts:
            raise Refused(400, "This server does not answer to that host name.")
        origin = environ.get("HTTP_ORIGIN")
        if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site" or (origin and host_of(origin) != host):
            raise Refused(403, "Pages of other sites may not use this server.")

    def health(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not self.scorers.answers():
            raise Refused(503, "No scoring process answers.", ("Retry-After", RETRY_AFTER_SECONDS))
        return plain(b"\n", start_response)

    def version(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """The release of MLflow that the model was saved with."""
        return plain(self.scorers.board.read().mlflow_version.encode(), start_response)

    def invocations(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        began = time.perf_counter()
        try:
            check_type(environ)
            body = read_body(environ)
            scored = self.scorers.score(environ["CONTENT_TYPE"], body)
        except Unavailable as problem:
            self.tally.add(time.perf_counter() - began, 503)
            raise Refused(503, str(problem), ("Retry-After", RETRY_AFTER_SECONDS)) from None
        except Refused as refused:
            self.tally.add(time.perf_counter() - began, refused.status)
            raise
        head = scored.head
        start_response(
            STATUS_LINES[head["status"]],
            [
                ("Content-Type", head.get("content_type", JSON)),
                ("Content-Length", str(len(scored.body))),
                *ALWAYS,
                *scored.by.headers,
            ],
        )
        return Answer(scored, time.perf_counter() - began, self.tally)


class Answer:
    """A body that is noted once it has been sent, so that nobody waits for that."""

    def __init__(self, scored: Scored, seconds: float, tally: Tally) -> None:
        self.scored = scored
        self.seconds = seconds
        self.tally = tally

    def __iter__(self) -> Iterator[bytes]:
        yield self.scored.body

    def close(self) -> None:
        head = self.scored.head
        self.tally.add(self.seconds, head["status"], head)


def plain(body: bytes, start_response: Callable) -> Iterable[bytes]:
    """As MLflow's scoring server has it: called JSON, which "\\n" and a version are not quite."""
    start_response("200 OK", [("Content-Type", JSON), ("Content-Length", str(len(body))), *ALWAYS])
    return [body]


def host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # half a bracket
        return None


def host_name(host: str) -> str:
    """Without a port; IPv6 in its brackets."""
    if host.startswith("["):
        return host[: host.find("]") + 1].lower()
    return host.partition(":")[0].lower()


def check_type(environ: dict) -> None:
    """What the model's side reads of the type, such as its charset, is checked there."""
    given = environ.get("CONTENT_TYPE", "")
    if given.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        shown = given[:100] or "none"
        raise Refused(415, f"This predictor takes the content types {' and '.join(CONTENT_TYPES)}. Got {shown!r}.")
    encoding = environ.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise Refused(415, "A body must come as it is, without a Content-Encoding.")


def read_body(environ: dict) -> bytes:
    """Refused by its declared length before any of it is read, else as soon as it is over the limit."""
    length = environ.get("CONTENT_LENGTH")
    too_large = Refused(413, f"The body is larger than {LARGEST_BODY // 2**20} MiB.", ("Connection", "close"))
    stream = environ["wsgi.input"]
    if length:
        if int(length) > LARGEST_BODY:
            raise too_large
        return stream.read(int(length))
    pieces, size = [], 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > LARGEST_BODY:
            raise too_large
        pieces.append(piece)
    return b"".join(pieces)
