"""Webhooks are made, changed and deleted, each with an entry in the audit list."""

import socket

import pytest

from runs.models import AuditEntry, Webhook, WebhookDelivery
from runs.services.webhook_edits import (
    MOST_WEBHOOKS,
    change_webhook,
    create_webhook,
    delete_webhook,
    send_again,
    send_test,
    try_now,
)
from runs.webhooks.signature import PURPOSE
from tests.factories import make_experiment, make_webhook
from trackui.clock import now_ms
from trackui.encryption import decrypt
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/ci?token=1"


def create(**fields) -> Webhook:
    return create_webhook(**{"name": "ci", "url": URL, "events": ["RUN.FINISHED"], "user": None, **fields})


def deliver(webhook: Webhook, **fields) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        webhook=webhook, entity="RUN", action="FINISHED", payload="{}", creation_time=now_ms(), **fields
    )


@pytest.mark.usefixtures("webhooks_on")
def test_what_is_given_is_kept_and_the_secret_encrypted():
    experiment = make_experiment()

    made = create(
        events=["RUN.FINISHED", "MODEL_VERSION.CREATED"],
        secret="hush",
        description="tells CI",
        filter=" metrics.acc > 0.9 ",
        experiment_id=experiment.experiment_id,
    )

    webhook = Webhook.objects.get(webhook_id=made.webhook_id)
    assert (webhook.name, webhook.url, webhook.status) == ("ci", URL, "ACTIVE")
    assert webhook.events == ["RUN.FINISHED", "MODEL_VERSION.CREATED"]
    assert (webhook.filter, webhook.experiment, webhook.description) == ("metrics.acc > 0.9", experiment, "tells CI")
    assert "hush" not in webhook.secret
    assert decrypt(webhook.secret, purpose=PURPOSE) == "hush"


@pytest.mark.usefixtures("webhooks_on")
def test_the_audit_list_tells_of_each_change_and_never_the_secret():
    webhook = create(secret="hush")
    change_webhook(webhook.webhook_id, secret="hush hush", url=f"{URL}2", user=None)
    send_test(webhook.webhook_id, user=None)
    delete_webhook(webhook.webhook_id, user=None)

    entries = list(AuditEntry.objects.filter(subject_id=webhook.webhook_id).order_by("pk"))

    assert [entry.action for entry in entries] == [
        "webhook.create", "webhook.change", "webhook.test", "webhook.delete"
    ]  # fmt: skip
    assert entries[1].detail == {
        "name": "ci", "before": {"url": URL}, "after": {"url": f"{URL}2"}, "secret": "set"
    }  # fmt: skip
    assert not any("hush" in str(entry.detail) for entry in entries)


def test_while_webhooks_are_off_the_setting_is_named():
    with pytest.raises(InvalidParameterValue, match="TRACKUI_WEBHOOK_HOSTS"):
        create()


@pytest.mark.usefixtures("webhooks_on")
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "-ci"}, "Webhook name '-ci' is invalid"),
        ({"name": "a" * 64}, "at most 63 characters"),
        ({"name": "ci\n"}, "is invalid"),
        ({"url": "  "}, "Webhook URL cannot be empty or just whitespace"),
        ({"url": "http://hooks.example.com/"}, "TRACKUI_WEBHOOK_HOSTS"),
        ({"url": "ftp://hooks.example.com/"}, "Invalid webhook URL scheme"),
        ({"url": "hooks.example.com"}, "Invalid webhook URL scheme"),
        ({"url": "https://other.example.com/"}, "TRACKUI_WEBHOOK_HOSTS"),
        ({"url": "https://hooks.example.com:99999/"}, "Invalid webhook URL"),
        ({"url": "https://hooks.example.com/" + "a" * 2048}, "more than 2048"),
        ({"events": []}, "cannot be empty"),
        ({"events": ["RUN.STARTED"]}, "Invalid webhook event 'RUN.STARTED'"),
        ({"filter": "metrics.acc >"}, "metrics.acc"),
        ({"filter": "status = 'a') OR (status = 'b'"}, "filter"),
        ({"experiment_id": "99999"}, "No Experiment"),
        ({"description": "a" * 5001}, "more than 5000"),
        ({"secret": "a" * 1001}, "more than 1000"),
    ],
)
def test_what_is_wrong_is_named(fields, told):
    with pytest.raises((InvalidParameterValue, ResourceDoesNotExist)) as raised:
        create(**fields)

    assert told in str(raised.value)
    assert not Webhook.objects.exists()


@pytest.mark.usefixtures("webhooks_on")
def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr("trackui.outbound.socket.getaddrinfo", lambda *args, **options: found)

    with pytest.raises(InvalidParameterValue, match="not public"):
        create()


@pytest.mark.usefixtures("webhooks_on")
def test_there_are_not_too_many():
    now = now_ms()
    Webhook.objects.bulk_create(
        Webhook(name="a", url=URL, events=[], creation_time=now, last_updated_time=now) for _ in range(MOST_WEBHOOKS)
    )

    with pytest.raises(InvalidParameterValue, match="200 webhooks"):
        create()


@pytest.mark.usefixtures("webhooks_on")
def test_what_is_not_given_stays_and_what_is_empty_goes():
    webhook = create(secret="hush", filter="status = 'FAILED'", experiment_id="0", description="d")

    same = change_webhook(webhook.webhook_id, name="cd", user=None)
    assert (same.name, same.url, same.filter, same.description) == ("cd", URL, "status = 'FAILED'", "d")
    assert same.secret
    assert same.experiment_id is not None

    bare = change_webhook(webhook.webhook_id, secret="", filter="", experiment_id="", description="", user=None)
    assert (bare.secret, bare.filter, bare.experiment, bare.description) == ("", "", None, "")


@pytest.mark.usefixtures("webhooks_on")
def test_what_waits_for_a_webhook_that_is_disabled_is_not_sent():
    webhook = create()
    delivery = deliver(webhook, next_attempt_time=1)

    change_webhook(webhook.webhook_id, status="DISABLED", user=None)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_attempt_time) == ("failed", None)
    assert "disabled" in delivery.error
    for resend in (lambda: send_again(webhook.webhook_id, delivery.delivery_id, user=None),
                   lambda: send_test(webhook.webhook_id, user=None)):  # fmt: skip
        with pytest.raises(InvalidParameterValue, match="disabled"):
            resend()


@pytest.mark.usefixtures("webhooks_on")
def test_a_failed_delivery_is_sent_again_from_the_first_attempt_on():
    webhook = create()
    delivery = deliver(webhook, state="failed", attempts=8, end_time=5, error="500", response_status=500)

    send_again(webhook.webhook_id, delivery.delivery_id, user=None)

    again = WebhookDelivery.objects.get()
    assert again.delivery_id == delivery.delivery_id
    assert (again.state, again.attempts, again.end_time, again.error) == ("waiting", 0, None, "")
    assert again.next_attempt_time <= now_ms()


@pytest.mark.usefixtures("webhooks_on")
def test_one_that_may_be_under_way_is_not_sent_twice_at_once():
    webhook, now = create(), now_ms()
    delivery = deliver(webhook, attempts=1, last_attempt_time=now, next_attempt_time=now + 120_000)

    send_again(webhook.webhook_id, delivery.delivery_id, user=None)

    delivery.refresh_from_db()
    assert delivery.next_attempt_time >= now + 119_000


@pytest.mark.usefixtures("webhooks_on")
def test_one_that_waits_for_hours_is_sent_at_once():
    webhook, now = create(), now_ms()
    delivery = deliver(webhook, attempts=7, last_attempt_time=now - 600_000, next_attempt_time=now + 9_000_000)

    send_again(webhook.webhook_id, delivery.delivery_id, user=None)

    delivery.refresh_from_db()
    assert delivery.next_attempt_time <= now_ms()


@pytest.mark.usefixtures("webhooks_on")
def test_nobody_reaches_deliveries_of_another_webhook():
    webhook, other = create(), create()
    delivery = deliver(other, state="failed")

    with pytest.raises(ResourceDoesNotExist, match="Delivery"):
        send_again(webhook.webhook_id, delivery.delivery_id, user=None)
    with pytest.raises(ResourceDoesNotExist, match="Webhook with ID nobody not found"):
        delete_webhook("nobody", user=None)


def test_a_webhook_can_be_tried_past_the_queue(receiver):
    webhook = make_webhook(url=receiver.url, events=["MODEL_VERSION.CREATED", "RUN.FINISHED"])

    outcome = try_now(webhook.webhook_id, user=None)

    assert (outcome.is_delivered, outcome.status) == (True, 204)
    assert b'"entity":"model_version"' in receiver.received[0].body
    assert not WebhookDelivery.objects.exists()
