"""Deliveries in the database: taken by one at a time, put back, ended and forgotten."""

import pytest

from runs.models import WebhookDelivery
from runs.webhooks import queue
from runs.webhooks.attempt import Outcome
from tests.factories import make_webhook
from trackui.clock import now_ms

pytestmark = pytest.mark.django_db


def deliver(webhook=None, **fields) -> WebhookDelivery:
    fields = {"creation_time": now_ms(), "next_attempt_time": 1, **fields}
    return WebhookDelivery.objects.create(
        webhook=webhook or make_webhook(), entity="RUN", action="FINISHED", payload="{}", **fields
    )


def claim_one(delivery: WebhookDelivery) -> queue.Claim:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_attempt_time=1)
    (taken,) = queue.claim({delivery.webhook_id: 1})
    return taken


def test_what_is_taken_is_nobody_elses_until_the_lease_is_over():
    delivery = deliver()

    (taken,) = queue.claim({delivery.webhook_id: 5})

    assert (taken.message.delivery_id, taken.attempt) == (delivery.delivery_id, 1)
    assert not queue.has_due()
    assert queue.claim({delivery.webhook_id: 5}) == []
    delivery.refresh_from_db()
    assert delivery.next_attempt_time == taken.time + queue.LEASE_MS

    assert claim_one(delivery).attempt == 2


def test_no_more_of_a_webhook_than_asked_for_and_the_longest_waiting_first():
    webhook = make_webhook()
    later, first = (deliver(webhook, next_attempt_time=time) for time in (20, 10))
    deliver(webhook, next_attempt_time=now_ms() + 60_000)

    assert queue.due_webhooks() == [webhook.pk]
    assert [taken.pk for taken in queue.claim({webhook.pk: 1})] == [first.pk]
    assert [taken.pk for taken in queue.claim({webhook.pk: 5})] == [later.pk]
    assert queue.due_webhooks() == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(status=204), "sent"),
        (Outcome(status=404, error="It answered 404 Not Found.", is_final=True), "failed"),
        (Outcome(error="Its certificate is not valid."), "waiting"),
    ],
)
def test_an_outcome_is_written_down(outcome, state):
    delivery = deliver()

    queue.settle([(claim_one(delivery), outcome)])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.response_status, delivery.error) == (state, outcome.status, outcome.error)
    assert (delivery.next_attempt_time is None) == (delivery.end_time is not None) == (state != "waiting")


def test_after_eight_attempts_it_has_failed():
    delivery, delays = deliver(), []
    for number in range(1, 9):
        taken = claim_one(delivery)
        assert taken.attempt == number
        queue.settle([(taken, Outcome(status=503, error="It answered 503."))])
        delivery.refresh_from_db()
        if delivery.next_attempt_time:
            delays.append(delivery.next_attempt_time - taken.time)

    assert (delivery.state, delivery.attempts) == ("failed", 8)
    usual = [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000, 21_600_000]
    assert len(delays) == len(usual)
    assert all(low <= waited <= 1.2 * low + 1_000 for low, waited in zip(usual, delays, strict=True))


def test_a_receiver_can_ask_for_a_longer_pause_but_not_for_ever():
    assert 60_000 <= queue.delay(1, retry_after=60) <= 72_000
    assert 30_000 <= queue.delay(2, retry_after=1) <= 36_000
    assert queue.delay(1, retry_after=9_999_999) <= 1.2 * 21_600_000


def test_who_comes_back_after_the_lease_changes_nothing():
    delivery = deliver()
    late = claim_one(delivery)
    other = claim_one(delivery)
    queue.settle([(other, Outcome(status=204))])

    queue.settle([(late, Outcome(error="No answer came within 30 s."))])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error, delivery.attempts) == ("sent", "", 2)


def test_what_ended_a_month_ago_is_forgotten():
    month = 30 * 24 * 60 * 60 * 1_000
    deliver(state="failed", end_time=now_ms() - month - 1_000)
    kept = [deliver(state="sent", end_time=now_ms() - month + 60_000), deliver(next_attempt_time=now_ms())]

    assert queue.prune() == 1

    assert list(WebhookDelivery.objects.order_by("pk")) == kept


def test_of_too_many_that_wait_the_oldest_are_given_up():
    webhook = make_webhook()
    deliveries = [deliver(webhook) for _ in range(5)]
    deliver()

    assert queue.give_up_beyond(webhook.pk, most=3) == 2
    assert queue.give_up_beyond(webhook.pk, most=3) == 0

    failed = WebhookDelivery.objects.filter(state="failed").order_by("pk")
    assert list(failed) == deliveries[:2]
    assert "More than 3" in failed[0].error


def test_looking_costs_one_read(django_assert_num_queries):
    deliver(next_attempt_time=now_ms() + 60_000)

    with django_assert_num_queries(1):
        assert not queue.has_due()
