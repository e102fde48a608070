"""Webhooks: the list, one of them with what was sent for it, and one delivery."""

import json

from django.conf import settings
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import DeliveryState
from runs.queries.webhooks import deliveries_of, delivery_of, delivery_page, visible_webhook, webhook_rows
from trackui.errors import InvalidParameterValue, shorten
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page


@require_safe
@gzip_page
def webhook_list(request):
    context = {"webhooks": webhook_rows(request.user), "is_on": is_on()}
    return render_page(request, "runs/webhook_list.html", context)


@require_safe
def webhook_list_file(request, form):
    kinds = columns(
        webhook="text", name="text", url="text", events="text", status="text", experiment="text", filter="text",
        signed="flag", waiting="integer", failed="integer", created="time", changed="time",
    )  # fmt: skip
    rows = (
        (
            webhook.webhook_id,
            webhook.name,
            webhook.url,
            " ".join(webhook.events),
            webhook.status,
            webhook.experiment.experiment_id if webhook.experiment else None,
            webhook.filter,
            bool(webhook.secret),
            webhook.waiting,
            webhook.failed,
            webhook.creation_time,
            webhook.last_updated_time,
        )
        for webhook in webhook_rows(request.user)
    )
    return export_response(request, Table("webhooks", kinds, rows), form)


@require_safe
@gzip_page
def webhook_detail(request, webhook_id):
    webhook = visible_webhook(webhook_id, user=request.user)
    page = delivery_page(webhook, state=asked_state(request), before=asked_number(request, "before"))
    context = {"webhook": webhook, "page": page, "is_on": is_on(), "states": DeliveryState.values}
    return render_page(request, "runs/webhook_detail.html", context, fragment="runs/_delivery_table.html")


@require_safe
def delivery_list_file(request, webhook_id, form):
    webhook = visible_webhook(webhook_id, user=request.user)
    kinds = columns(
        delivery="text", event="text", state="text", attempts="integer", status="integer", error="text",
        created="time", last_attempt="time", next_attempt="time", ended="time", payload="text",
    )  # fmt: skip
    rows = (
        (
            delivery.delivery_id,
            delivery.event,
            delivery.state,
            delivery.attempts,
            delivery.response_status,
            delivery.error,
            delivery.creation_time,
            delivery.last_attempt_time,
            delivery.next_attempt_time,
            delivery.end_time,
            delivery.payload,
        )
        for delivery in deliveries_of(webhook, state=asked_state(request)).iterator(chunk_size=500)
    )
    return export_response(request, Table(f"deliveries-{webhook.name}", kinds, rows), form)


@require_safe
@gzip_page
def delivery_detail(request, webhook_id, delivery_id):
    webhook = visible_webhook(webhook_id, user=request.user)
    delivery = delivery_of(webhook, delivery_id)
    context = {"webhook": webhook, "delivery": delivery, "payload": indented(delivery.payload), "is_on": is_on()}
    return render_page(request, "runs/delivery_detail.html", context, fragment="runs/_delivery.html")


def is_on() -> bool:
    return bool(settings.TRACKUI_WEBHOOK_HOSTS)


def indented(payload: str) -> str:
    """For eyes; what is sent has no line breaks."""
    return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)


def asked_state(request) -> str:
    state = request.GET.get("state", "")
    if state and state not in DeliveryState.values:
        words = ", ".join(DeliveryState.values)
        raise InvalidParameterValue(f"'state' is one of {words}, not '{shorten(state, 40)}'.")
    return state


def asked_number(request, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidParameterValue(f"'{name}' must be the number of a delivery.")
    return int(text)
