"""Receivers of webhooks on loopback, each a server in a thread."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from trackui.receivers import receiver_of


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LoopbackReceiver:
    """`answer`: is given the handler, to answer as it likes; it is 204 otherwise."""

    server: ThreadingHTTPServer | None = None
    received: list[Received] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/hook?to=ci"

    @property
    def allowed(self) -> list:
        """What the setting would hold."""
        return [receiver_of(self.origin)]


@contextlib.contextmanager
def loopback_receiver(answer: Callable[[BaseHTTPRequestHandler], None] | None = None) -> Iterator[LoopbackReceiver]:
    receiver = LoopbackReceiver(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(Received(self.path, dict(self.headers), body))
            if receiver.answer is None:
                status(204)(self)
            else:
                receiver.answer(self)

        do_GET = do_POST

        def log_message(self, *args):
            pass

    receiver.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.server.daemon_threads = True
    threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer
