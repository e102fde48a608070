"""Bodies as they travel to a real server: chunked, broken off, large, many at once."""

import hashlib
import http.client
import json
import os
import socket
import threading
import time
import uuid
from urllib.parse import urlsplit

import psutil
import pytest

from tests.clients import MLFLOW_PREFIXES

MIB = 2**20


class Raw:
    """Speaks to one server, header by header."""

    def __init__(self, server, prefix):
        self.address = urlsplit(server.url)
        self.folder = f"{prefix}/mlflow-artifacts/artifacts/0/{uuid.uuid4().hex}/artifacts"

    def request(self, method, name, body=None, **headers):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            connection.request(method, f"{self.folder}/{name}", body, headers)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def chunked(self, name, pieces):
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            connection.request("PUT", f"{self.folder}/{name}", iter(pieces), encode_chunked=True)
            return connection.getresponse().status
        finally:
            connection.close()

    def send(self, text, *, then_wait=0.0):
        """Bytes as they are, then the end of the connection."""
        with socket.create_connection((self.address.hostname, self.address.port)) as connection:
            connection.sendall(text)
            time.sleep(then_wait)

    def head(self, name, *lines):
        return "\r\n".join([f"PUT {self.folder}/{name} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


@pytest.fixture(params=MLFLOW_PREFIXES)
def raw(server, request):
    return Raw(server, request.param)


@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_a_chunked_upload_is_stored_with_its_exact_size(raw, size):
    data = os.urandom(size)
    pieces = [data[start : start + 70_000] for start in range(0, size, 70_000)]

    assert raw.chunked("a", pieces) == 200

    status, body, _ = raw.request("GET", "a")
    assert (status, body) == (200, data)


def test_an_upload_without_a_body_is_an_empty_file(raw):
    assert raw.request("PUT", "a")[0] == 200
    assert raw.request("GET", "a")[1] == b""


@pytest.mark.parametrize("arrived", [0, 1, 100_000, 2_999_999])
def test_an_upload_that_breaks_off_stores_nothing(raw, arrived):
    raw.request("PUT", "a", b"old")

    raw.send(raw.head("a", "Content-Length: 3000000") + b"x" * arrived)
    raw.send(raw.head("a", "Transfer-Encoding: chunked") + b"2dc6c0\r\n" + b"x" * arrived)
    raw.send(raw.head("a", "Transfer-Encoding: chunked") + b"%x\r\n" % (arrived or 1) + b"x" * (arrived or 1) + b"\r\n")

    time.sleep(0.5)
    assert raw.request("GET", "a")[1] == b"old"


@pytest.mark.parametrize("name", ["a%20b", "%2541", "a+b", "a&b", "%C3%A9", "%F0%9F%9A%80"])
def test_a_name_is_kept_on_its_way_through_the_gateway(raw, name):
    assert raw.request("PUT", name, b"x")[0] == 200
    assert raw.request("GET", name)[:2] == (200, b"x")


@pytest.mark.parametrize("name", ["%2e%2e/x", "%252e%252e/x", "../x", "..%5cx", "a%00", "a%0a", "%ff", "a%23b", "x#y"])
def test_an_unsafe_path_is_refused_behind_the_gateway(raw, name):
    connection = socket.create_connection((raw.address.hostname, raw.address.port))
    with connection, connection.makefile("rb") as answer:
        connection.sendall(raw.head(name, "Content-Length: 1", "Connection: close") + b"x")
        status = answer.readline().split()[1]

    assert status == b"400"


def test_the_answers_of_the_store_are_json(raw):
    status, body, headers = raw.request("GET", "nothing")

    assert status == 404
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_a_large_file_goes_up_and_down_in_little_memory(start_server):
    server = start_server(TRACKUI_WORKERS="1")
    raw = Raw(server, "/api/2.0")
    raw.request("PUT", "warm", b"x")
    before = settled_memory(server)
    size, piece = 300 * MIB, os.urandom(MIB)
    peak = Peak(server)

    with peak:
        assert raw.request("PUT", "big", (piece for _ in range(size // MIB)), **{"Content-Length": str(size)})[0] == 200
        digest = hashlib.sha256()
        connection = http.client.HTTPConnection(raw.address.hostname, raw.address.port)
        connection.request("GET", f"{raw.folder}/big")
        response = connection.getresponse()
        while data := response.read(MIB):
            digest.update(data)

    assert response.headers["Content-Length"] == str(size)
    assert digest.digest() == hashlib.sha256(piece * 300).digest()
    assert peak.value - before < 64 * MIB


def settled_memory(server):
    """Once the worker of jobs, which starts after the server, has started too."""
    seen = [0, memory(server)]
    while seen[-1] - min(seen[-5:]) > MIB or len(seen) < 7:
        time.sleep(0.4)
        seen.append(memory(server))
    return seen[-1]


def memory(server):
    root = psutil.Process(server.process.pid)
    return sum(process.memory_info().rss for process in [root, *root.children(recursive=True)])


class Peak:
    """The most memory a server has used inside the block."""

    def __init__(self, server):
        self.server, self.value, self.over = server, 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.over.wait(0.02):
            self.value = max(self.value, memory(self.server))

    def __exit__(self, *exc_info):
        self.over.set()
        self.thread.join()


def test_too_many_transfers_are_refused_at_once_and_short_requests_go_on(start_server):
    server = start_server(TRACKUI_WORKERS="1")
    raw = Raw(server, "/api/2.0")
    held = []
    for number in range(4):
        connection = socket.create_connection((raw.address.hostname, raw.address.port))
        connection.sendall(raw.head(f"slow{number}", "Content-Length: 5000000") + b"x")
        held.append(connection)
    time.sleep(0.5)

    began = time.monotonic()
    status, body, headers = raw.request("PUT", "a", b"x")

    assert status == 429
    assert json.loads(body)["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    assert headers["Retry-After"]
    assert server.answers()
    assert time.monotonic() - began < 1
    for connection in held:
        connection.close()
    time.sleep(0.5)
    assert raw.request("PUT", "a", b"x")[0] == 200
    assert raw.request("GET", "slow0")[0] == 404


def test_two_uploads_to_one_path_leave_one_of_them(raw):
    contents = [bytes([65 + n]) * 400_000 for n in range(4)]
    threads = [threading.Thread(target=raw.request, args=("PUT", "a", body)) for body in contents]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert raw.request("GET", "a")[1] in contents
