"""Bodies that would never end, sent to a real server: refused at the cap, and the answer arrives."""

import gzip
import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.clients import MLFLOW_PREFIXES

MIB = 2**20
LIMITS = {"runs/log-batch": 4 * MIB, "runs/log-inputs": 32 * MIB, "runs/create": 4 * MIB}

pytestmark = [pytest.mark.parametrize("prefix", MLFLOW_PREFIXES), pytest.mark.parametrize("path", LIMITS)]


def head(prefix, path, *headers):
    lines = [f"POST {prefix}/mlflow/{path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def connect(server):
    return socket.create_connection((urlsplit(server.url).hostname, urlsplit(server.url).port), timeout=30)


def answer(client):
    response = http.client.HTTPResponse(client)
    response.begin()
    return response.status, response.read(), response.getheader("Retry-After")


def test_ten_gibibytes_are_refused_by_their_announcement(server, prefix, path):
    began = time.monotonic()
    with connect(server) as client:
        client.sendall(head(prefix, path, f"Content-Length: {10 * 2**30}"))
        status, body, retry_after = answer(client)

    assert (status, retry_after) == (413, None)
    assert b'"INVALID_PARAMETER_VALUE"' in body
    assert time.monotonic() - began < 5


def test_an_endless_body_is_refused_at_the_cap(server, prefix, path):
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    sent = 0
    with connect(server) as client:
        client.sendall(head(prefix, path, "Transfer-Encoding: chunked"))
        client.settimeout(0.001)
        while not arrived(client):
            client.settimeout(30)
            try:
                client.sendall(piece)
            except OSError:
                break
            sent += 65536
            assert sent < LIMITS[path] + 16 * MIB
        client.settimeout(30)
        status, body, retry_after = answer(client)

    assert (status, retry_after) == (413, None)
    assert b'"INVALID_PARAMETER_VALUE"' in body


def arrived(client) -> bool:
    client.settimeout(0)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


def test_compressed_bodies_are_refused_unread(server, prefix, path):
    bomb = gzip.compress(b" " * 10 * MIB)
    with connect(server) as client:
        client.sendall(head(prefix, path, "Content-Encoding: gzip", f"Content-Length: {len(bomb)}") + bomb)
        status, body, _ = answer(client)

    assert status == 415
    assert b'"BAD_REQUEST"' in body
