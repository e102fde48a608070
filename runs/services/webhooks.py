"""Tell webhooks what has happened."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from django.conf import settings

from runs.models import Webhook, WebhookDelivery, WebhookStatus
from runs.webhooks.events import event_name
from trackui.clock import now_ms
from trackui.db import KEPT, held_ids

encode = msgspec.json.Encoder().encode


def announce(entity: str, action: str, data: dict) -> None:
    """Put a delivery in the queue for each webhook that listens, inside the transaction of the change.

    `data`: JSON-able, as docs/webhooks.md says for each event. No statement where webhooks are off, one when none
    listens, three else.
    """
    listening = listeners(event_name(entity, action))
    if listening:
        enqueue(listening, entity, action, data)


def listeners(event: str) -> list[Webhook]:
    """The active webhooks that are to be told of it; one statement, and none where webhooks are off."""
    if not settings.TRACKUI_WEBHOOK_HOSTS:
        return []
    active = Webhook.objects.filter(status=WebhookStatus.ACTIVE).only("events", "filter", "experiment_id")
    return [webhook for webhook in active if event in webhook.events]


def enqueue(webhooks: Sequence[Webhook], entity: str, action: str, data: dict) -> list[WebhookDelivery]:
    """Of one that was deleted meanwhile, nothing: the others are held against that until the transaction ends."""
    there = held_ids("runs_webhook", [webhook.pk for webhook in webhooks], lock=KEPT)
    now, payload = now_ms(), message(entity, action, data)
    return WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook_id=webhook.pk,
            entity=entity.upper(),
            action=action.upper(),
            payload=payload,
            creation_time=now,
            next_attempt_time=now,
        )
        for webhook in webhooks
        if webhook.pk in there
    )


def message(entity: str, action: str, data: dict) -> str:
    """The body that is sent."""
    time = datetime.now(UTC).isoformat()
    return encode({"entity": entity.lower(), "action": action.lower(), "timestamp": time, "data": data}).decode()
