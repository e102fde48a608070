"""Deliveries that wait in the database: taken by one courier at a time, and put back or ended by it."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from runs.jobs.patience import patient
from runs.models import DeliveryState, Webhook, WebhookDelivery
from runs.webhooks.attempt import Message, Outcome
from trackui.clock import now_ms
from trackui.transactions import transactional

# Longer than an attempt can take (trackui.outbound): who is not back by then has died.
LEASE_MS = 120_000
# Before the second attempt, the third and so on: eight in nine hours.
DELAYS_MS = [1_000 * seconds for seconds in (5, 30, 120, 600, 1_800, 7_200, 21_600)]
ATTEMPTS = len(DELAYS_MS) + 1
# A delay is longer by up to this share, so that messages that failed together do not come back together.
JITTER = 0.2

KEPT_MS = 30 * 24 * 60 * 60 * 1_000
# Of one webhook: a receiver that is away while very many things happen is told of the newest.
MOST_WAITING = 10_000
# So that a transaction stays short.
ENDED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Claim:
    """A delivery that its courier alone has until the lease is over. `time`: when it was taken, milliseconds."""

    pk: int
    webhook: int
    is_active: bool
    attempt: int
    time: int
    message: Message


def has_due() -> bool:
    """Whether something is to be sent. One indexed read: an idle courier asks it over and over."""
    return due().exists()


def due_webhooks() -> list[int]:
    """Those with something to be sent, in no order, so that none is always the last. A probe of an index for each."""
    found = list(Webhook.objects.filter(Exists(due().filter(webhook=OuterRef("pk")))).values_list("pk", flat=True))
    random.shuffle(found)
    return found


def due() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_attempt_time__lte=now_ms())


@transactional
def claim(wanted: Mapping[int, int]) -> list[Claim]:
    """The next of each webhook, up to so many."""
    now = now_ms()
    taken = [delivery for webhook, count in wanted.items() for delivery in next_of(webhook, count)]
    for delivery in taken:
        delivery.attempts += 1
        delivery.last_attempt_time, delivery.next_attempt_time = now, now + LEASE_MS
    WebhookDelivery.objects.bulk_update(taken, ["attempts", "last_attempt_time", "next_attempt_time"])
    return [claimed(delivery) for delivery in taken]


def next_of(webhook: int, count: int) -> list[WebhookDelivery]:
    waiting = due().filter(webhook=webhook).select_related("webhook").order_by("next_attempt_time", "pk")
    return list(waiting.select_for_update(skip_locked=True, of=("self",))[:count])


def claimed(delivery: WebhookDelivery) -> Claim:
    webhook = delivery.webhook
    message = Message(delivery.delivery_id, webhook.url, webhook.secret, delivery.payload)
    return Claim(delivery.pk, webhook.pk, webhook.is_active, delivery.attempts, delivery.last_attempt_time, message)


@patient
@transactional
def settle(outcomes: Iterable[tuple[Claim, Outcome]]) -> None:
    """Write down how attempts ended. One whose lease was over, and that somebody else has taken, is left alone."""
    for taken, outcome in outcomes:
        mine = WebhookDelivery.objects.filter(
            pk=taken.pk, state=DeliveryState.WAITING, last_attempt_time=taken.time, attempts=taken.attempt
        )
        mine.update(response_status=outcome.status, error=outcome.error[:500], **next_state(taken, outcome))


def next_state(taken: Claim, outcome: Outcome) -> dict:
    now = now_ms()
    if outcome.is_delivered:
        return {"state": DeliveryState.SENT, "end_time": now, "next_attempt_time": None}
    if outcome.is_final or taken.attempt >= ATTEMPTS:
        return {"state": DeliveryState.FAILED, "end_time": now, "next_attempt_time": None}
    return {"next_attempt_time": now + delay(taken.attempt, outcome.retry_after)}


def delay(attempt: int, retry_after: int | None = None) -> int:
    """Milliseconds to wait after this attempt, counted from 1. A receiver can ask for longer, up to the longest."""
    usual = DELAYS_MS[attempt - 1]
    asked = min(1_000 * (retry_after or 0), DELAYS_MS[-1])
    return round(max(usual, asked) * random.uniform(1, 1 + JITTER))


@patient
@transactional
def prune() -> int:
    """Forget deliveries that ended a month ago, up to a thousand; how many."""
    old = WebhookDelivery.objects.filter(end_time__lt=now_ms() - KEPT_MS).values_list("pk", flat=True)
    return WebhookDelivery.objects.filter(pk__in=list(old[:ENDED_AT_ONCE])).delete()[0]


@patient
@transactional
def give_up_beyond(webhook: int, most: int = MOST_WAITING) -> int:
    """End the oldest of a webhook beyond so many that wait, up to a thousand; how many."""
    waiting = WebhookDelivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    excess = min(waiting.count() - most, ENDED_AT_ONCE)
    if excess <= 0:
        return 0
    oldest = list(waiting.order_by("pk").values_list("pk", flat=True)[:excess])
    return end_waiting(waiting.filter(pk__in=oldest), f"More than {most:,} were waiting for this receiver.")


def end_waiting(deliveries, error: str) -> int:
    """Inside a transaction; those that are being sent too, whose outcome is then not written down."""
    return deliveries.update(state=DeliveryState.FAILED, end_time=now_ms(), next_attempt_time=None, error=error)
