import socketserver
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from registry.models import ModelServer
from registry.serving import tryout
from trackui.errors import InvalidParameterValue, TemporarilyUnavailable


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = f"{self.path} {self.headers['Content-Type']} {body.decode()}".encode()
        if body == b"slow":
            self.server.is_over.wait(5)
        if body == b"much":
            answer = b"x" * 100
        self.send_response(400 if body == b"bad" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        for byte in answer if body == b"drops" else ():
            self.wfile.write(bytes([byte]))
            self.server.is_over.wait(0.02)
        self.wfile.write(answer)

    def address_string(self):
        return "socket"

    def log_message(self, *args):
        pass


@pytest.fixture
def model_server():
    with tempfile.TemporaryDirectory(prefix="tryout-") as folder:
        path = str(Path(folder) / "front.sock")
        with socketserver.ThreadingUnixStreamServer(path, Handler) as http:
            http.daemon_threads = True
            http.is_over = threading.Event()
            threading.Thread(target=http.serve_forever, daemon=True).start()
            yield ModelServer(socket_path=path)
            http.is_over.set()
            http.shutdown()


def test_the_model_is_asked(model_server):
    answer = tryout.ask(model_server, b"a,b", "text/csv")

    assert answer == (200, b"/invocations text/csv a,b", "")
    assert tryout.ask(model_server, b"bad", "text/csv")[0] == 400


def test_too_much_and_too_slow_is_told(model_server, monkeypatch):
    monkeypatch.setattr(tryout, "LARGEST_ANSWER", 50)
    monkeypatch.setattr(tryout, "ANSWER_SECONDS", 0.1)

    with pytest.raises(TemporarilyUnavailable, match="The answer is larger"):
        tryout.ask(model_server, b"much", "text/csv")
    with pytest.raises(TemporarilyUnavailable, match="not answered within"):
        tryout.ask(model_server, b"slow", "text/csv")
    with pytest.raises(TemporarilyUnavailable, match="not answered within"):
        tryout.ask(model_server, b"drops", "text/csv")
    with pytest.raises(InvalidParameterValue, match="larger than 1 MiB"):
        tryout.ask(model_server, b"x" * (2**20 + 1), "text/csv")


def test_a_server_that_is_gone_is_told(tmp_path):
    with pytest.raises(TemporarilyUnavailable, match="does not answer"):
        tryout.ask(ModelServer(socket_path=str(tmp_path / "gone.sock")), b"{}", "application/json")
