"""Webhooks: made, changed, deleted, tried; a delivery sent again. Each question has its own address."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from runs.forms_webhook import WebhookForm
from runs.queries.webhooks import visible_webhook
from runs.services.webhook_edits import (
    change_webhook,
    create_webhook,
    delete_webhook,
    experiment_of,
    send_again,
    send_test,
)
from runs.views.webhooks import is_on
from runs.webhooks.events import RUN_FINISHED
from trackui.errors import TrackingError
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_create(request):
    """`filter` and `experiment` of the address are filled in."""
    initial = {name: request.GET[name] for name in ("filter", "experiment") if name in request.GET}
    if initial:
        initial["events"] = [RUN_FINISHED]
    form = WebhookForm(request.POST or None, initial=initial, label_suffix="", user=request.user)
    if request.method == "POST" and is_on() and form.is_valid():
        webhook = answered(form, lambda: create_webhook(**form.wanted(), user=request.user))
        if webhook is not None:
            messages.success(request, f"Webhook “{webhook.name}” created. A test shows whether it is heard.")
            return redirect("runs:webhook_detail", webhook.webhook_id)
    context = {"form": form, "is_on": is_on()}
    return render_page(request, "runs/webhook_create.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_update(request, webhook_id):
    webhook = visible_webhook(webhook_id, user=request.user)
    initial = {
        **{name: getattr(webhook, name) for name in ("name", "url", "events", "filter", "description", "is_active")},
        "experiment": experiment_of(webhook),
    }
    form = WebhookForm(request.POST or None, initial=initial, label_suffix="", webhook=webhook, user=request.user)
    is_sent = request.method == "POST" and is_on() and form.is_valid()
    if is_sent and answered(form, lambda: change_webhook(webhook_id, **form.wanted(), user=request.user)):
        messages.success(request, "Saved.")
        return redirect("runs:webhook_detail", webhook_id)
    context = {"form": form, "webhook": webhook, "is_on": is_on()}
    return render_page(request, "runs/webhook_update.html", context, status=400 if form.errors else 200)


def answered(form: WebhookForm, write):
    """What it gives; None where it refuses, and the form says why."""
    try:
        return write()
    except TrackingError as error:
        form.add_error("filter" if isinstance(error, SearchSyntaxError) else None, error.message)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_delete(request, webhook_id):
    webhook = visible_webhook(webhook_id, user=request.user)
    if request.method == "POST":
        delete_webhook(webhook_id, user=request.user)
        messages.success(request, f"Webhook “{webhook.name}” deleted.")
        return redirect("runs:webhook_list")
    return render_page(request, "runs/webhook_delete.html", {"webhook": webhook})


@require_POST
def webhook_test(request, webhook_id):
    try:
        delivery = send_test(webhook_id, request.POST.get("event", ""), user=request.user)
    except TrackingError as error:
        messages.error(request, error.message)
        return redirect("runs:webhook_detail", webhook_id)
    return redirect("runs:delivery_detail", webhook_id, delivery.delivery_id)


@require_POST
def delivery_again(request, webhook_id, delivery_id):
    try:
        send_again(webhook_id, delivery_id, user=request.user)
    except TrackingError as error:
        messages.error(request, error.message)
    return redirect("runs:delivery_detail", webhook_id, delivery_id)
