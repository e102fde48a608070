"""The courier, with receivers on loopback."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from runs.models import WebhookDelivery
from runs.services.webhooks import announce
from runs.webhooks import courier, queue
from runs.webhooks.courier import Courier
from runs.webhooks.signature import PURPOSE
from tests.factories import make_webhook
from tests.processes import wait_for
from tests.receivers import loopback_receiver, status
from tests.servers import REPOSITORY
from trackui.clock import now_ms
from trackui.encryption import encrypt
from trackui.receivers import receiver_of

VERSION = {"name": "m", "version": "1"}
EVENT = "MODEL_VERSION.CREATED"


def tell(times: int = 1) -> None:
    for _ in range(times):
        announce("MODEL_VERSION", "CREATED", VERSION)


def only_delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


@pytest.mark.django_db
def test_a_message_arrives_signed(receiver):
    make_webhook(events=[EVENT], url=receiver.url, secret=encrypt("hush", purpose=PURPOSE))
    tell()

    assert Courier().send_due() == 1

    delivery, (received,) = only_delivery(), receiver.received
    assert (delivery.state, delivery.response_status, delivery.attempts) == ("sent", 204, 1)
    assert received.path == "/hook?to=ci"
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["X-MLflow-Delivery-Id"] == delivery.delivery_id
    timestamp = received.headers["X-MLflow-Timestamp"]
    assert abs(int(timestamp) - time.time()) < 60
    signed = f"{delivery.delivery_id}.{timestamp}.".encode() + received.body
    expected = base64.b64encode(hmac.digest(b"hush", signed, hashlib.sha256)).decode()
    assert received.headers["X-MLflow-Signature"] == f"v1,{expected}"
    body = json.loads(received.body)
    assert body == {"entity": "model_version", "action": "created", "timestamp": body["timestamp"], "data": VERSION}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "state"),
    [(200, "sent"), (299, "sent"), (301, "failed"), (307, "failed"), (400, "failed"), (410, "failed"),
     (408, "waiting"), (429, "waiting"), (500, "waiting"), (503, "waiting"), (599, "waiting")],
)  # fmt: skip
def test_what_a_receiver_answers_decides(receiver, code, state):
    make_webhook(events=[EVENT], url=receiver.url)
    receiver.answer = status(code, Location="/elsewhere")
    tell()

    Courier().send_due()

    assert (only_delivery().state, only_delivery().response_status) == (state, code)
    assert len(receiver.received) == 1


@pytest.mark.django_db
def test_an_attempt_that_failed_is_made_again_with_the_same_id_and_body(receiver):
    make_webhook(events=[EVENT], url=receiver.url)
    receiver.answer = status(500)
    tell()
    Courier().send_due()
    assert Courier().send_due() == 0

    receiver.answer = None
    WebhookDelivery.objects.update(next_attempt_time=1)
    Courier().send_due()

    first, second = receiver.received
    assert (only_delivery().state, only_delivery().attempts, only_delivery().error) == ("sent", 2, "")
    assert first.body == second.body
    assert first.headers["X-MLflow-Delivery-Id"] == second.headers["X-MLflow-Delivery-Id"]


@pytest.mark.django_db
def test_a_receiver_that_is_allowed_no_more_is_not_sent_to(receiver, settings):
    make_webhook(events=[EVENT], url=receiver.url)
    tell()
    settings.TRACKUI_WEBHOOK_HOSTS = [receiver_of("hooks.example.com")]

    Courier().send_due()

    assert only_delivery().state == "failed"
    assert "TRACKUI_WEBHOOK_HOSTS" in only_delivery().error
    assert not receiver.received


@pytest.mark.django_db
def test_a_secret_of_another_key_is_told_and_nothing_sent_unsigned(receiver, settings):
    make_webhook(events=[EVENT], url=receiver.url, secret=encrypt("hush", purpose=PURPOSE))
    tell()
    settings.SECRET_KEY = "another" * 10

    Courier().send_due()

    assert only_delivery().state == "failed"
    assert "Set the secret again" in only_delivery().error
    assert not receiver.received


@pytest.mark.django_db
def test_a_webhook_disabled_meanwhile_is_not_sent_to(receiver):
    webhook = make_webhook(events=[EVENT], url=receiver.url)
    tell()
    webhook.status = "DISABLED"
    webhook.save()

    Courier().send_due()

    assert only_delivery().state == "failed"
    assert not receiver.received


@pytest.mark.django_db
def test_a_receiver_that_hangs_does_not_hold_up_another(settings):
    released = threading.Event()
    with loopback_receiver(lambda handler: released.wait(20)) as hanging, loopback_receiver() as quick:
        settings.TRACKUI_WEBHOOK_HOSTS = hanging.allowed + quick.allowed
        stuck = make_webhook(events=[EVENT], url=hanging.url)
        make_webhook(events=[EVENT], url=quick.url)
        tell(times=10)
        one = Courier()
        started = time.monotonic()

        while len(quick.received) < 10:
            one.step()
            one.wait()

        assert time.monotonic() - started < 5
        assert one.under_way[stuck.pk] == len(hanging.received) == courier.MOST_AT_ONCE_OF_ONE
        released.set()


@pytest.mark.django_db
def test_a_burst_is_sent_without_waiting_for_the_next_look(receiver):
    make_webhook(events=[EVENT], url=receiver.url)
    tell(times=40)
    started = time.monotonic()

    assert Courier().send_due() == 40

    assert time.monotonic() - started < 5
    assert not WebhookDelivery.objects.exclude(state="sent").exists()


@pytest.mark.django_db
def test_the_command_sends_what_is_due(receiver, capsys):
    make_webhook(events=[EVENT], url=receiver.url)
    tell(times=2)

    call_command("deliver_webhooks", once=True)

    assert "2 attempts made." in capsys.readouterr().out
    assert len(receiver.received) == 2


def test_the_command_says_what_turns_webhooks_on():
    with pytest.raises(CommandError, match="TRACKUI_WEBHOOK_HOSTS"):
        call_command("deliver_webhooks")


@pytest.fixture
def start_courier(transactional_db, request, receiver):
    """`deliver_webhooks` as a process, on the database of the test."""
    database = django_settings.DATABASES["default"]
    if request.config.postgres is None:
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"{request.config.postgres.url.rpartition('/')[0]}/{database['NAME']}"
    started = []

    def start() -> subprocess.Popen:
        environ = {**os.environ, "TRACKUI_DATABASE_URL": url, "TRACKUI_WEBHOOK_HOSTS": receiver.origin}
        started.append(subprocess.Popen([sys.executable, "manage.py", "deliver_webhooks"], cwd=REPOSITORY, env=environ))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def test_what_a_killed_courier_had_taken_the_next_one_sends(start_courier, receiver):
    released = threading.Event()
    receiver.answer = lambda handler: released.wait(20)
    make_webhook(events=[EVENT], url=receiver.url)
    tell()
    first = start_courier()
    wait_for(lambda: receiver.received)

    first.send_signal(signal.SIGKILL)
    first.wait(10)
    released.set()
    receiver.answer = None
    taken = only_delivery()
    assert (taken.state, taken.attempts) == ("waiting", 1)
    assert now_ms() < taken.next_attempt_time <= now_ms() + queue.LEASE_MS
    WebhookDelivery.objects.update(next_attempt_time=1)  # the lease is over
    second = start_courier()

    wait_for(lambda: only_delivery().state == "sent")
    assert only_delivery().attempts == 2
    assert len({received.headers["X-MLflow-Delivery-Id"] for received in receiver.received}) == 1
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0


def test_two_couriers_never_send_one_message_twice(start_courier, receiver):
    make_webhook(events=[EVENT], url=receiver.url)
    tell(times=60)
    for _ in range(2):
        start_courier()

    wait_for(lambda: WebhookDelivery.objects.filter(state="sent").count() == 60)

    ids = [received.headers["X-MLflow-Delivery-Id"] for received in receiver.received]
    assert len(ids) == len(set(ids)) == 60
