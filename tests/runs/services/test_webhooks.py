"""Deliveries are put in the queue inside the transaction of what they tell."""

import json

import pytest
from django.db import transaction

from runs.models import WebhookDelivery
from runs.services.webhooks import announce, enqueue, listeners
from tests.factories import make_webhook

pytestmark = pytest.mark.django_db
VERSION = {"name": "m", "version": "1"}


def test_nothing_is_asked_of_the_database_while_webhooks_are_off(django_assert_num_queries):
    make_webhook(events=["MODEL_VERSION.CREATED"])

    with django_assert_num_queries(0):
        announce("MODEL_VERSION", "CREATED", VERSION)


@pytest.mark.usefixtures("webhooks_on")
def test_one_statement_tells_that_nobody_listens(django_assert_num_queries):
    make_webhook(events=["RUN.FINISHED"])
    make_webhook(events=["MODEL_VERSION.CREATED"], status="DISABLED")

    with django_assert_num_queries(1):
        announce("MODEL_VERSION", "CREATED", VERSION)

    assert not WebhookDelivery.objects.exists()


@pytest.mark.usefixtures("webhooks_on")
def test_each_that_listens_has_its_delivery(django_assert_num_queries):
    webhooks = [make_webhook(events=["MODEL_VERSION.CREATED", "RUN.FINISHED"]) for _ in range(2)]

    with django_assert_num_queries(3):
        announce("model_version", "created", VERSION)

    deliveries = WebhookDelivery.objects.order_by("webhook")
    assert [delivery.webhook for delivery in deliveries] == webhooks
    assert {delivery.event for delivery in deliveries} == {"MODEL_VERSION.CREATED"}
    assert len({delivery.delivery_id for delivery in deliveries}) == 2
    body = json.loads(deliveries[0].payload)
    assert (body["entity"], body["action"], body["data"]) == ("model_version", "created", VERSION)
    assert body["timestamp"].endswith("+00:00")


@pytest.mark.usefixtures("webhooks_on")
def test_one_that_is_deleted_meanwhile_breaks_no_change():
    gone, there = (make_webhook(events=["MODEL_VERSION.CREATED"]) for _ in range(2))
    heard = listeners("MODEL_VERSION.CREATED")
    gone.delete()

    (delivery,) = enqueue(heard, "MODEL_VERSION", "CREATED", VERSION)

    assert delivery.webhook_id == there.pk


@pytest.mark.usefixtures("webhooks_on")
def test_what_is_undone_is_not_told():
    make_webhook(events=["MODEL_VERSION.CREATED"])

    with transaction.atomic():
        announce("MODEL_VERSION", "CREATED", VERSION)
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()
