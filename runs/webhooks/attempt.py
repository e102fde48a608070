"""One attempt to send a message, and how it ended. Touches no database, so threads can do it side by side."""

import time
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings

from runs.webhooks.signature import PURPOSE, headers_of
from trackui.encryption import UnreadableText, decrypt
from trackui.outbound import SECONDS, NotSent, post

# Beside 5xx, answers that ask for another attempt.
PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True)
class Message:
    """`secret` as it is kept, encrypted."""

    delivery_id: str
    url: str
    secret: str
    body: str


@dataclass(frozen=True)
class Outcome:
    """`error`: why it is not delivered, empty where it is. `is_final`: another attempt would end alike.

    `retry_after`: seconds the receiver asked to be left alone.
    """

    status: int | None = None
    error: str = ""
    is_final: bool = False
    retry_after: int | None = None

    @property
    def is_delivered(self) -> bool:
        return not self.error


def attempt(message: Message, *, seconds: float = SECONDS) -> Outcome:
    body = message.body.encode()
    try:
        secret = decrypt(message.secret, purpose=PURPOSE) if message.secret else ""
    except UnreadableText:
        error = "The secret cannot be read: the server's secret key is another now. Set the secret again."
        return Outcome(error=error, is_final=True)
    headers = headers_of(message.delivery_id, timestamp=int(time.time()), body=body, secret=secret)
    try:
        answer = post(message.url, body, headers, receivers=settings.TRACKUI_WEBHOOK_HOSTS, seconds=seconds)
    except NotSent as error:
        return Outcome(error=str(error), is_final=error.is_final)
    status = answer.status
    if 200 <= status < 300:
        return Outcome(status=status)
    if 300 <= status < 400:
        return Outcome(status=status, error="It answered with a redirect, which is not followed.", is_final=True)
    may_pass = status >= 500 or status in PASSING
    return Outcome(status, f"It answered {described(status)}.", not may_pass, answer.retry_after)


def described(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
