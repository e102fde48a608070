"""A served model asked from the dashboard, over the socket that its server has for this machine."""

from __future__ import annotations

import http.client
import socket
import time
from typing import NamedTuple

from registry.models import ModelServer
from trackui.errors import InvalidParameterValue, TemporarilyUnavailable

LARGEST_QUESTION = 2**20
LARGEST_ANSWER = 2**22
ANSWER_SECONDS = 20.0
PIECE = 2**18


class Reply(NamedTuple):
    """`version`: the number of the version that answered, empty where the server does not tell."""

    status: int
    body: bytes
    version: str = ""


def ask(server: ModelServer, body: bytes, content_type: str) -> Reply:
    """Its answer to one request to /invocations.

    InvalidParameterValue for a body of more than 1 MiB; TemporarilyUnavailable when nobody answers within 20 s, or
    with more than 4 MiB.
    """
    if len(body) > LARGEST_QUESTION:
        raise InvalidParameterValue(f"The input is larger than {LARGEST_QUESTION // 2**20} MiB.")
    deadline = time.monotonic() + ANSWER_SECONDS
    connection = SocketConnection(server.socket_path)
    try:
        connection.request("POST", "/invocations", body, {"Content-Type": content_type, "Connection": "close"})
        response = connection.getresponse()
        answer = b""
        while len(answer) <= LARGEST_ANSWER and (piece := response.read1(PIECE)):
            answer += piece
            if time.monotonic() > deadline:
                raise TimeoutError
    except TimeoutError:
        raise TemporarilyUnavailable(f"The model has not answered within {ANSWER_SECONDS:.0f} seconds.") from None
    except (OSError, http.client.HTTPException):
        raise TemporarilyUnavailable("The server of this model does not answer.") from None
    finally:
        connection.close()
    if len(answer) > LARGEST_ANSWER:
        raise TemporarilyUnavailable(f"The answer is larger than {LARGEST_ANSWER // 2**20} MiB.")
    return Reply(response.status, answer, response.headers.get("X-Model-Version", ""))


class SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
