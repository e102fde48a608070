"""Webhooks in the admin: to look at, and never their secrets."""

import pytest
from django.urls import reverse

from runs.models import Webhook, WebhookDelivery
from runs.webhooks.signature import PURPOSE
from tests.clients import parse
from tests.factories import make_webhook
from trackui.encryption import encrypt

MODELS = {"webhook": Webhook, "webhookdelivery": WebhookDelivery}


@pytest.fixture
def admin_pages(pages, django_user_model):
    pages.force_login(django_user_model.objects.create(username="ada", is_staff=True, is_superuser=True))
    for number in range(60):
        webhook = make_webhook(f"w{number}", secret=encrypt("hush", purpose=PURPOSE) if number == 59 else "")
        WebhookDelivery.objects.create(
            webhook=webhook, entity="RUN", action="FINISHED", payload='{"a":"<b>"}', creation_time=1
        )
    return pages


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_any_number_and_is_searchable(admin_pages, model, django_assert_num_queries):
    address = reverse(f"admin:runs_{model}_changelist")

    with django_assert_num_queries(4):
        page = parse(admin_pages.get(address))

    assert len(page.select("#result_list tbody tr")) == 50
    assert admin_pages.get(address, {"q": "'; DROP\0"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_row_is_read_only_leads_to_its_page_and_shows_no_secret(admin_pages, model):
    row = MODELS[model].objects.last()
    webhook = row if model == "webhook" else row.webhook

    page = admin_pages.html(reverse(f"admin:runs_{model}_change", args=[row.pk]))

    assert not page.select("#content-main form [name]:not([type=hidden]):not([type=submit])")
    assert page.select(f"#content-main a[href^='/webhooks/{webhook.webhook_id}/']")
    assert "hush" not in page.text
    assert webhook.secret not in str(page)
    assert admin_pages.get(reverse(f"admin:runs_{model}_add")).status_code == 403
    assert admin_pages.post(reverse(f"admin:runs_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
