import http.client
import json
import socket
import statistics
import threading
import time

import pytest

from trackui import client_socket
from trackui.client_socket import ClientSocket, ClientStalled
from trackui.gateway import Connection

HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


# --- One connection ----------------------------------------------------------------------------


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def conn(pair):
    connection = Connection(cfg=None, sock=pair[0], client=("", 0), server=("", 0))
    yield connection
    connection.sock.close()


@pytest.mark.parametrize(
    ("pieces", "complete"),
    [
        ([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], [True]),
        ([b"GET / HTTP/1.1\r\nHo", b"st: a\r\n\r", b"\n"], [False, False, True]),
        ([b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", b"ab", b"c"], [False, False, True]),
        ([b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc"], [True]),
        # A thread reads these on: the rest may be huge, of unknown length, or wait for an answer.
        ([b"PUT / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"], [True]),
        ([b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"], [True]),
        ([b"PUT / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"], [True]),
        ([b"GET / HTTP/1.1\r\nX: ", b"x" * 40_000, b"x" * 40_000], [False, False, True]),
    ],
)
def test_a_request_is_awaited_until_a_thread_can_go_on(pair, conn, pieces, complete):
    seen = []
    for piece in pieces:
        pair[1].sendall(piece)
        seen.append(conn.receive())

    assert seen == complete


def test_nothing_new_is_no_end(conn):
    assert conn.receive() is False


def test_a_client_that_has_gone_is_noticed(pair, conn):
    pair[1].close()

    with pytest.raises(ConnectionError):
        conn.receive()


def test_a_client_that_sends_nothing_stalls(pair, monkeypatch):
    ours = ClientSocket(pair[0])
    ours.settimeout(0.01)

    with pytest.raises(ClientStalled):
        ours.recv(10)
    ours.close()


def test_a_client_that_takes_nothing_stalls(pair):
    ours = ClientSocket(pair[0])
    ours.settimeout(0.01)

    with pytest.raises(ClientStalled):
        ours.sendall(b"x" * 2**24)
    ours.close()


def receive_forever(sock):
    while True:
        sock.recv(10)


def test_a_client_that_trickles_is_cut_off(pair, monkeypatch):
    monkeypatch.setattr(client_socket, "RATE_WINDOW_SECONDS", 0.05)
    ours, theirs = ClientSocket(pair[0]), pair[1]
    ours.settimeout(1)
    stop = threading.Event()

    def trickle():
        while not stop.wait(0.005):
            theirs.send(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(ClientStalled):
            receive_forever(ours)
    finally:
        stop.set()
        thread.join()
        ours.close()


def test_time_of_our_own_does_not_count_against_a_client(pair, monkeypatch):
    monkeypatch.setattr(client_socket, "RATE_WINDOW_SECONDS", 0.05)
    ours, theirs = ClientSocket(pair[0]), pair[1]

    for _ in range(3):
        time.sleep(0.06)
        theirs.send(b"x")
        assert ours.recv(10) == b"x"
    ours.close()


def test_head_and_body_of_an_answer_travel_together(pair):
    ours, theirs = ClientSocket(pair[0]), pair[1]

    ours.hold_head = True
    ours.sendall(b"head ")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(100)
    ours.sendall(b"body")

    assert theirs.recv(100) == b"head body"
    ours.close()


def test_a_file_of_any_size_is_sent_whole(pair, tmp_path):
    path = tmp_path / "file"
    content = bytes(range(256)) * 4096
    path.write_bytes(content)
    ours, theirs = ClientSocket(pair[0]), pair[1]
    ours.settimeout(10)
    received = bytearray()

    def take():
        while piece := theirs.recv(65536):
            received.extend(piece)

    thread = threading.Thread(target=take)
    thread.start()
    with path.open("rb") as file:
        sent = ours.sendfile(file, offset=1, count=len(content) - 2)
    ours.close()
    thread.join(10)

    assert sent == len(content) - 2
    assert bytes(received) == content[1:-1]


# --- The whole server --------------------------------------------------------------------------


def connect(server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def answer(client: socket.socket) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(client)
    response.begin()
    response.content = response.read()
    return response


def test_a_request_in_small_pieces_is_answered(server):
    with connect(server) as client:
        for byte in HEALTH:
            client.send(bytes([byte]))
            time.sleep(0.001)

        assert answer(client).status == 200


def test_requests_follow_each_other_on_one_connection(server):
    with connect(server) as client:
        for pause in (0, 0, 0.05, 0):
            time.sleep(pause)
            client.sendall(HEALTH)

            assert answer(client).content == b"OK"


def test_requests_sent_ahead_are_answered_in_order(server):
    search = {"max_results": 1}
    body = json.dumps(search).encode()
    post = b"POST /api/2.0/mlflow/experiments/search HTTP/1.1\r\nHost: localhost\r\n"
    post += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with connect(server) as client:
        client.sendall(HEALTH + post + HEALTH + post[:-5])
        stream = client.makefile("rb")
        heads = []
        for _ in range(3):
            status, length = stream.readline(), 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            heads.append((status.split()[1], stream.read(length)))
        client.sendall(post[-5:])
        last = stream.readline()

    assert [status for status, _ in heads] == [b"200", b"200", b"200"]
    assert heads[0][1] == heads[2][1] == b"OK"
    assert "experiments" in json.loads(heads[1][1])
    assert last.split()[1] == b"200"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (
            b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
    ],
)
def test_malformed_requests_are_refused(server, request_bytes, status):
    with connect(server) as client:
        client.sendall(request_bytes)

        assert answer(client).status == status


def test_a_client_that_asks_first_is_told_to_go_on(server):
    with connect(server) as client:
        client.sendall(
            b"POST /api/2.0/mlflow/experiments/search HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: 18\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(b'{"max_results": 1}')

        assert answer(client).status == 200


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        (b'12\r\n{"max_results": 1}\r\n0\r\n\r\n', 200),
        (b'9\r\n{"max_res\r\n9\r\nults": 1}\r\n0\r\n\r\n', 200),
        (b"zz\r\n{}\r\n0\r\n\r\n", 400),
        (b"2\r\n{}XX0\r\n\r\n", 400),
    ],
)
def test_a_body_in_chunks_is_whole_or_refused(server, chunks, status):
    with connect(server) as client:
        client.sendall(
            b"POST /api/2.0/mlflow/experiments/search HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        )

        assert answer(client).status == status


def test_hundreds_of_slow_clients_hinder_nobody(server):
    slow = [connect(server) for _ in range(150)]
    beginnings = [
        b"",
        b"GET /hea",
        b"POST /api/2.0/mlflow/runs/search HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
    ]
    try:
        for number, client in enumerate(slow):
            client.sendall(beginnings[number % 3])
        seconds = []
        for _ in range(20):
            began = time.monotonic()
            with connect(server) as client:
                client.sendall(HEALTH)
                assert answer(client).status == 200
            seconds.append(time.monotonic() - began)
    finally:
        for client in slow:
            client.close()

    assert statistics.quantiles(seconds, n=20)[-1] < 1


def test_clients_that_do_not_close_hinder_nobody(server):
    lazy = [connect(server) for _ in range(20)]
    try:
        for client in lazy:
            client.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        began = time.monotonic()
        for _ in range(5):
            with connect(server) as client:
                client.sendall(HEALTH)
                assert answer(client).status == 200
        seconds = time.monotonic() - began
        ends = [answer(client).status for client in lazy]
    finally:
        for client in lazy:
            client.close()

    assert seconds < 2
    assert ends == [200] * 20


def test_a_refused_body_does_not_take_the_answer_with_it(server):
    """Closing while bytes arrive would reset the connection, and the client would not see the answer."""
    with connect(server) as client:
        client.sendall(
            b"POST /api/2.0/mlflow/runs/log-metric HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 300_000
        )

        assert answer(client).status == 413


def test_a_request_that_never_ends_is_given_up(start_server):
    server = start_server()
    began = time.monotonic()
    with connect(server) as head, connect(server) as body:
        head.settimeout(40)
        body.settimeout(40)
        head.sendall(b"GET /hea")
        body.sendall(b"POST /api/2.0/mlflow/runs/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")

        assert head.recv(10) == b""
        assert body.recv(10) == b""
    assert 10 < time.monotonic() - began < 35
