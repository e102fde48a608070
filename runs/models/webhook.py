"""Webhooks: who is told of what happens here, and what was sent to them."""

from __future__ import annotations

import uuid

from django.db import models

from runs.models.experiment import Experiment


def new_id() -> str:
    """As the protocol shows them: with dashes."""
    return str(uuid.uuid4())


class WebhookStatus(models.TextChoices):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class WebhookQuerySet(models.QuerySet):
    def visible_to(self, user) -> WebhookQuerySet:
        """Webhooks the caller may see. Without accounts: all of them."""
        return self


class Webhook(models.Model):
    """Times are milliseconds since the epoch. `events`: names like `MODEL_VERSION.CREATED` (runs.webhooks.events).

    `secret`: encrypted (trackui.encryption), empty without one. `filter` (the search language) and `experiment` narrow
    which runs it hears of; an empty filter and no experiment are all runs.
    """

    webhook_id = models.CharField(max_length=36, unique=True, default=new_id, editable=False)
    name = models.CharField(max_length=63)
    description = models.TextField(blank=True)
    url = models.CharField(max_length=2048)
    secret = models.TextField(blank=True, editable=False)
    events = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=WebhookStatus, default=WebhookStatus.ACTIVE)
    filter = models.TextField(blank=True)
    experiment = models.ForeignKey(Experiment, null=True, blank=True, on_delete=models.CASCADE, related_name="webhooks")
    creation_time = models.BigIntegerField()
    last_updated_time = models.BigIntegerField()

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == WebhookStatus.ACTIVE


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class WebhookDelivery(models.Model):
    """One message to one receiver, `payload` exactly as it is sent. Times are milliseconds since the epoch.

    While it waits, `next_attempt_time` is when a courier may take it. One that has taken it puts that time beyond the
    longest attempt, so that nobody else does, and another one when it dies (runs.webhooks.queue).
    """

    # Stays the same over all attempts, so that a receiver knows what it has had already.
    delivery_id = models.CharField(max_length=36, unique=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    entity = models.CharField(max_length=32)
    action = models.CharField(max_length=16)
    payload = models.TextField()
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    creation_time = models.BigIntegerField()
    next_attempt_time = models.BigIntegerField(null=True, blank=True)
    last_attempt_time = models.BigIntegerField(null=True, blank=True)
    end_time = models.BigIntegerField(null=True, blank=True)
    # Of the last attempt: the receiver's status, or why there was none.
    response_status = models.IntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["state", "next_attempt_time"], name="delivery_due"),
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
            models.Index(fields=["webhook", "state", "next_attempt_time"], name="delivery_turn"),
            models.Index(fields=["end_time"], name="delivery_ended"),
        ]

    def __str__(self) -> str:
        return self.delivery_id

    @property
    def event(self) -> str:
        return f"{self.entity}.{self.action}"
