"""The one way out: a POST to a receiver that the operator allows, and the status it answers.

The standard library's client on a socket of our own: it follows no redirect, knows no proxy and reads nothing we do not
ask it to, so what remains is to choose the address, look at it again once connected, and to be done in time. Libraries
on top of it would have to be made to do less.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from trackui.peers import may_send_to
from trackui.receivers import BadAddress, Receiver, origin_of

SECONDS = 30.0
# Read of an answer, so that a short one can be sent to its end, and thrown away.
DISCARDED_BYTES = 65_536
DISCARD_SECONDS = 1.0


class NotSent(Exception):
    """No answer came. Its text says why; `is_final`: trying again would not help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True)
class Answer:
    """`retry_after`: seconds that it asked to be left alone, where it said so."""

    status: int
    retry_after: int | None = None


def allowed_receiver(url: str, receivers: Iterable[Receiver]) -> Receiver:
    """The one that the address is of; BadAddress says why there is none."""
    origin = origin_of(url)
    for receiver in receivers:
        if receiver.origin == origin:
            return receiver
    raise BadAddress("it is not among those that TRACKUI_WEBHOOK_HOSTS allows")


def allowed_addresses(receiver: Receiver) -> list[tuple]:
    """Where its name leads, as far as it may be sent to there; NotSent if it may not, OSError if it leads nowhere."""
    found = socket.getaddrinfo(receiver.origin.host, receiver.origin.port, type=socket.SOCK_STREAM)
    allowed = [entry for entry in found if may_send_to(receiver, entry[4][0])]
    if not allowed:
        raise not_public()
    return allowed


def not_public() -> NotSent:
    return NotSent("Its name leads to an address that is not public.", is_final=True)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, receivers: Iterable[Receiver], seconds: float = SECONDS
) -> Answer:
    """Send, and tell the status; of the answer's body nothing is kept. Takes `seconds` at most, besides looking up
    the name. NotSent where nothing came back.
    """
    try:
        receiver = allowed_receiver(url, receivers)
    except BadAddress as error:
        raise NotSent(f"The address is refused: {error}.", is_final=True) from None
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = CheckedConnection(receiver, seconds)
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        response = connection.getresponse()
        connection.discard(response)
        return Answer(response.status, _seconds(response.headers.get("Retry-After")))
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(connection.told(error)) from None
    finally:
        connection.close()


class CheckedConnection(http.client.HTTPConnection):
    """To an address of the receiver that it may have, for so many seconds in all."""

    def __init__(self, receiver: Receiver, seconds: float) -> None:
        super().__init__(receiver.origin.host, receiver.origin.port)
        self.receiver = receiver
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        # Each wait for the network has a limit, but many short ones have none together.
        self.alarm = threading.Timer(seconds, self.abort)
        self.alarm.daemon = True

    def connect(self) -> None:
        addresses = allowed_addresses(self.receiver)
        self.deadline = time.monotonic() + self.seconds
        self.alarm.start()
        self.sock = self.connected(addresses)
        if not may_send_to(self.receiver, self.sock.getpeername()[0]):
            raise not_public()
        if self.receiver.origin.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def connected(self, addresses: list[tuple]) -> socket.socket:
        """By the first address that answers."""
        error: OSError | None = None
        for family, kind, protocol, _, address in addresses:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(max(0.01, self.deadline - time.monotonic()))
                sock.connect(address)
            except OSError as failure:
                sock.close()
                error = failure
            else:
                return sock
        raise error

    def discard(self, response: http.client.HTTPResponse) -> None:
        """A receiver that is cut off while it sends a short answer would log an error."""
        if self.sock is not None:
            self.sock.settimeout(DISCARD_SECONDS)
        with contextlib.suppress(OSError, http.client.HTTPException):
            response.read(DISCARDED_BYTES)

    def abort(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # That of the socket below TLS, which another thread may be waiting in.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self.alarm.cancel()
        super().close()

    def told(self, error: Exception) -> str:
        if isinstance(error, TimeoutError) or time.monotonic() >= self.deadline:
            return f"No answer came within {self.seconds:g} s."
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"Its certificate is not valid: {error.verify_message}."
        if isinstance(error, socket.gaierror):
            return f"Its name cannot be looked up: {error.strerror}."
        if isinstance(error, http.client.HTTPException):
            return "It did not answer in HTTP."
        return f"It could not be reached: {error.strerror or type(error).__name__}."


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None
