"""Webhooks and what was sent for them, as pages and the protocol show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from runs.models import DeliveryState, Webhook, WebhookDelivery
from trackui.errors import ResourceDoesNotExist, shorten

PAGE_SIZE = 50


def listening_to_any(events: Collection[str], *, before: int | None, user) -> list[Webhook]:
    """Newest first, those older than the one of this primary key. One statement: there are few of them all."""
    webhooks = Webhook.objects.visible_to(user).order_by("-pk")
    if before is not None:
        webhooks = webhooks.filter(pk__lt=before)
    return [webhook for webhook in webhooks if set(events) & set(webhook.events)]


def webhook_rows(user) -> QuerySet[Webhook]:
    """By name, each with how many deliveries are `waiting` and `failed` now, and the time and state of the newest
    (`last_time`, `last_state`). One statement, which reads none of those that were sent but the newest.
    """
    deliveries = WebhookDelivery.objects.filter(webhook=OuterRef("pk"))
    newest = deliveries.order_by("-pk")
    return (
        Webhook.objects.visible_to(user)
        .select_related("experiment")
        .annotate(
            waiting=count_of(deliveries.filter(state=DeliveryState.WAITING)),
            failed=count_of(deliveries.filter(state=DeliveryState.FAILED)),
            last_time=Subquery(newest.values("creation_time")[:1]),
            last_state=Subquery(newest.values("state")[:1]),
        )
        .order_by("name", "pk")
    )


def count_of(deliveries: QuerySet[WebhookDelivery]) -> Coalesce:
    counted = deliveries.order_by().values("webhook").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def visible_webhook(webhook_id: str, *, user) -> Webhook:
    """As in `webhook_rows`."""
    webhook = webhook_rows(user).filter(webhook_id=webhook_id).first()
    if webhook is None:
        raise ResourceDoesNotExist(f"There is no webhook {shorten(webhook_id, 64)} here. It may have been deleted.")
    return webhook


@dataclass(frozen=True)
class DeliveryPage:
    """`older`: the primary key that the next page ends before; None on the last."""

    state: str
    rows: list[WebhookDelivery]
    older: int | None

    @property
    def has_waiting(self) -> bool:
        return any(row.state == DeliveryState.WAITING for row in self.rows)


def delivery_page(webhook: Webhook, *, state: str = "", before: int | None = None) -> DeliveryPage:
    """Newest first; one statement. Without payloads, which can be long."""
    deliveries = deliveries_of(webhook, state=state).defer("payload")
    if before is not None:
        deliveries = deliveries.filter(pk__lt=before)
    found = list(deliveries[: PAGE_SIZE + 1])
    return DeliveryPage(state, found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None)


def deliveries_of(webhook: Webhook, *, state: str = "") -> QuerySet[WebhookDelivery]:
    deliveries = webhook.deliveries.order_by("-pk")
    return deliveries.filter(state=state) if state else deliveries


def delivery_of(webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    delivery = webhook.deliveries.filter(delivery_id=delivery_id).first()
    if delivery is None:
        raise ResourceDoesNotExist(
            f"There is no delivery {shorten(delivery_id, 64)} of this webhook. Deliveries are kept for 30 days."
        )
    return delivery
