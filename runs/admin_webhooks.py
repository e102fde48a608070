"""Webhooks and their messages, to look at. They are changed on their own pages, for the audit list to tell of it."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from runs.admin import IngestedAdmin, excerpt, moment
from runs.models import Webhook, WebhookDelivery


@admin.register(Webhook)
class WebhookAdmin(IngestedAdmin):
    list_display = ["name", "url", "status", "experiment", "created"]
    list_filter = ["status"]
    list_select_related = ["experiment"]
    search_fields = ["name", "url", "=webhook_id"]
    search_help_text = "Any part of the name or address, or a whole id."
    ordering = ["-id"]
    fields = ["page", "name", "description", "url", "events", "filter", "experiment", "status", "signed"]
    fields += ["created", "updated"]
    created = moment("creation_time", "created")
    updated = moment("last_updated_time", "last updated")

    @admin.display(description="signed", boolean=True)
    def signed(self, webhook) -> bool:
        return bool(webhook.secret)

    @admin.display(description="page")
    def page(self, webhook) -> str:
        return format_html('<a href="{}">open</a>', reverse("runs:webhook_detail", args=[webhook.webhook_id]))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(IngestedAdmin):
    list_display = ["delivery_id", "webhook", "event", "state", "attempts", "response_status", "created"]
    list_filter = ["state"]
    list_select_related = ["webhook"]
    search_fields = ["=delivery_id", "=webhook__name"]
    search_help_text = "A whole id, or a whole name of a webhook."
    ordering = ["-id"]
    fields = ["page", "webhook", "event", "state", "attempts", "response_status", "error", "created", "last_attempt"]
    fields += ["next_attempt", "ended", "payload_text"]
    payload_text = excerpt("payload", "payload")
    created = moment("creation_time", "created")
    last_attempt = moment("last_attempt_time", "last attempt")
    next_attempt = moment("next_attempt_time", "next attempt")
    ended = moment("end_time", "ended")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("payload")

    @admin.display(description="page")
    def page(self, delivery) -> str:
        address = reverse("runs:delivery_detail", args=[delivery.webhook.webhook_id, delivery.delivery_id])
        return format_html('<a href="{}">open</a>', address)
