"""Pages of webhooks: the list, one of them, a message, and the forms."""

import pytest

from runs.models import AuditEntry, Webhook, WebhookDelivery
from runs.queries.webhooks import PAGE_SIZE
from runs.services.webhook_edits import create_webhook
from runs.webhooks.courier import Courier
from runs.webhooks.signature import PURPOSE
from tests.clients import parse
from tests.factories import make_experiment, make_webhook
from trackui.clock import now_ms
from trackui.encryption import decrypt, encrypt

pytestmark = pytest.mark.django_db
on = pytest.mark.usefixtures("webhooks_on")

URL = "https://hooks.example.com/ci"
FORM = {"name": "ci", "url": URL, "events": ["RUN.FINISHED"], "filter": "", "experiment": "", "secret": "",
        "description": "", "is_active": "on"}  # fmt: skip


def deliver(webhook: Webhook, **fields) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        webhook=webhook, entity="RUN", action="FINISHED", creation_time=now_ms(),
        **{"payload": '{"data":{"name":"r"}}', **fields},
    )  # fmt: skip


def address(webhook: Webhook, rest: str = "") -> str:
    return f"/webhooks/{webhook.webhook_id}/{rest}"


# --- The list ----------------------------------------------------------------------------------


def test_off_says_which_setting_turns_them_on(pages):
    webhook = make_webhook("kept")

    for path in ("/webhooks/", "/webhooks/new", address(webhook), address(webhook, "edit")):
        html = pages.html(path)
        assert "TRACKUI_WEBHOOK_HOSTS" in html.select_one(".webhooks-off").text
        assert not html.select("main form.form")
    assert "kept" in pages.html("/webhooks/").select_one("tbody").text
    assert "New webhook" not in pages.html("/webhooks/").text


@on
def test_without_any_the_next_step_is_offered(pages):
    html = pages.html("/webhooks/")

    assert html.select_one(".empty a")["href"] == "/webhooks/new"


@on
def test_each_row_tells_how_its_messages_do(pages, django_assert_max_num_queries):
    busy, idle = make_webhook("busy", filter="status = 'FAILED'"), make_webhook("idle", status="DISABLED")
    deliver(busy, next_attempt_time=1)
    for _ in range(2):
        deliver(busy, state="failed")

    with django_assert_max_num_queries(1):
        html = pages.html("/webhooks/")

    first, second = html.select("tbody tr")
    assert [cell.text.strip() for cell in first.select("td")][3:5] == ["1", "2"]
    assert first.select_one("td a.bad")["href"] == address(busy) + "?state=failed"
    assert "status = 'FAILED'" in first.text
    assert ("idle" in second.text, "disabled" in second.text) == (True, True)
    assert idle.webhook_id in second.select_one("a")["href"]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_the_list_is_a_file_too_without_secrets(pages, form):
    webhook = make_webhook("ci", secret=encrypt("hush", purpose=PURPOSE))

    response = pages.get(f"/webhooks.{form}")

    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200
    assert b"hush" not in content
    assert webhook.secret.encode() not in content


# --- One webhook -------------------------------------------------------------------------------


@on
def test_a_webhook_says_what_it_hears_of_and_nothing_of_the_secret(pages):
    experiment = make_experiment("vision")
    webhook = make_webhook(
        "ci", secret=encrypt("hush", purpose=PURPOSE), experiment=experiment, filter="metrics.acc > 0.9"
    )

    html = pages.html(address(webhook))

    facts = html.select_one("dl.facts").text
    for text in ("A run has ended", "vision", "metrics.acc > 0.9", "HMAC-SHA256", URL.rpartition("/")[0]):
        assert text in facts
    assert "hush" not in html.text
    assert webhook.secret not in str(html)


@on
def test_messages_are_listed_newest_first_in_pages_and_by_state(pages):
    webhook = make_webhook()
    for number in range(PAGE_SIZE + 5):
        deliver(webhook, state="failed" if number < 3 else "sent", error="It answered 410 Gone." if number < 3 else "")

    first = pages.html(address(webhook))
    older = first.select_one("a[rel=next]")["href"]
    second = pages.html(address(webhook) + older)
    failed = pages.html(address(webhook), {"state": "failed"})

    assert len(first.select("#delivery_table tbody tr")) == PAGE_SIZE
    assert len(second.select("#delivery_table tbody tr")) == 5
    assert len(failed.select("#delivery_table tbody tr")) == 3
    assert "It answered 410 Gone." in failed.text


@on
def test_a_page_of_messages_costs_the_same_however_many(pages, django_assert_max_num_queries):
    webhook = make_webhook()
    for _ in range(30):
        deliver(webhook)

    with django_assert_max_num_queries(2):
        pages.html(address(webhook))


@on
@pytest.mark.parametrize(("query", "named"), [("state=odd", "'state'"), ("before=x", "'before'")])
def test_an_address_that_means_nothing_is_told(pages, query, named):
    response = pages.get(f"{address(make_webhook())}?{query}")

    assert response.status_code == 400
    assert named in parse(response).text


@on
def test_what_is_not_there_is_told(pages):
    webhook = make_webhook()

    for path in ("/webhooks/nobody/", "/webhooks/nobody/edit", address(webhook, "deliveries/nobody")):
        assert pages.get(path).status_code == 404


def test_messages_are_a_file_too(pages):
    webhook = make_webhook("ci")
    deliver(webhook, state="sent", response_status=204)

    response = pages.get(address(webhook, "deliveries.csv"))

    assert b'"{""data"":{""name"":""r""}}"' in b"".join(response.streaming_content)


# --- A message ---------------------------------------------------------------------------------


@on
def test_a_message_shows_its_payload_as_text(pages):
    webhook = make_webhook()
    delivery = deliver(webhook, state="failed", error="It answered 404 Not Found.", attempts=1, response_status=404,
                       payload='{"data":{"name":"<script>alert(1)</script>"}}')  # fmt: skip

    html = pages.html(address(webhook, f"deliveries/{delivery.delivery_id}"))

    assert '"name": "<script>alert(1)</script>"' in html.select_one("#payload").text
    assert not html.select("main script")
    assert "It answered 404 Not Found." in html.select_one(".failure").text


def test_it_can_be_sent_again(pages, receiver):
    webhook = make_webhook(url=receiver.url)
    delivery = deliver(webhook, state="failed", attempts=8)
    page = address(webhook, f"deliveries/{delivery.delivery_id}")
    assert pages.html(page).select_one(f"form[action='{page}/again'] button").text == "Send again"

    response = pages.post(f"{page}/again")

    assert response["Location"] == page
    Courier().send_due()
    assert len(receiver.received) == 1
    assert "sent" in pages.html(page).select_one(".delivery-state").text


def test_a_test_is_put_in_the_queue_and_shown(pages, receiver):
    webhook = make_webhook(url=receiver.url, events=["MODEL_VERSION.CREATED"])

    html = parse(pages.post(address(webhook, "test"), follow=True))

    assert html.select_one("h1").text == "model_version.created"
    Courier().send_due()
    assert b"example-model" in receiver.received[0].body


@on
def test_what_cannot_be_sent_is_said(pages):
    webhook = make_webhook(status="DISABLED")
    delivery = deliver(webhook, state="failed")

    for path in ("test", f"deliveries/{delivery.delivery_id}/again"):
        html = parse(pages.post(address(webhook, path), follow=True))
        assert "This webhook is disabled" in html.text
    assert pages.get(address(webhook, "test")).status_code == 405


# --- Forms -------------------------------------------------------------------------------------


@on
def test_a_webhook_is_made_on_a_page(pages):
    experiment = make_experiment()

    response = pages.post(
        "/webhooks/new",
        FORM | {"filter": "status = 'FINISHED'", "experiment": experiment.experiment_id, "secret": "hush",
                "events": ["RUN.FINISHED", "MODEL_VERSION_STAGE.MOVED"], "description": "d"},
    )  # fmt: skip

    webhook = Webhook.objects.get()
    assert response["Location"] == address(webhook)
    assert (webhook.name, webhook.url, webhook.filter, webhook.experiment) == (
        "ci", URL, "status = 'FINISHED'", experiment
    )  # fmt: skip
    assert webhook.events == ["RUN.FINISHED", "MODEL_VERSION_STAGE.MOVED"]
    assert decrypt(webhook.secret, purpose=PURPOSE) == "hush"
    assert AuditEntry.objects.get().action == "webhook.create"


@on
@pytest.mark.parametrize(
    ("fields", "label", "told"),
    [
        ({"name": "a b"}, "Name", "Webhook name 'a b' is invalid"),
        ({"url": "https://evil.example/"}, "Address", "TRACKUI_WEBHOOK_HOSTS"),
        ({"events": []}, "Tell of", "This field is required"),
        ({"events": ["RUN.STARTED"]}, "Tell of", "RUN.STARTED"),
        ({"filter": "metrics.acc >"}, "Only runs that match", "metrics.acc"),
        ({"experiment": "77"}, "Only runs of", "77"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(pages, fields, label, told):
    response = pages.post("/webhooks/new", FORM | fields)

    assert response.status_code == 400
    (field,) = [field for field in parse(response).select(".field") if field.label.text == label]
    assert told in field.select_one(".errorlist").text
    assert not Webhook.objects.exists()


@on
def test_a_search_fills_the_form_in(pages):
    html = pages.html("/webhooks/new", {"filter": "metrics.acc > 0.9", "experiment": "0"})

    assert html.select_one("#id_filter")["value"] == "metrics.acc > 0.9"
    assert html.select_one("#id_experiment option[selected]")["value"] == "0"
    assert html.select_one("input[value='RUN.FINISHED']").has_attr("checked")


@on
def test_the_secret_is_not_shown_and_stays_until_it_is_replaced_or_removed(pages):
    webhook = create_webhook(name="ci", url=URL, events=["RUN.FINISHED"], secret="hush", user=None)
    page = address(webhook, "edit")

    field = pages.html(page).select_one("#id_secret")
    assert field.get("value") is None

    pages.post(page, FORM | {"name": "cd"})
    webhook.refresh_from_db()
    assert (webhook.name, decrypt(webhook.secret, purpose=PURPOSE)) == ("cd", "hush")

    pages.post(page, FORM | {"secret": "louder"})
    webhook.refresh_from_db()
    assert decrypt(webhook.secret, purpose=PURPOSE) == "louder"

    pages.post(page, FORM | {"removes_secret": "on"})
    webhook.refresh_from_db()
    assert webhook.secret == ""


@on
def test_editing_keeps_what_pages_do_not_offer(pages):
    webhook = make_webhook("ci", url=URL, events=["BUDGET_POLICY.EXCEEDED", "RUN.FINISHED"])
    page = address(webhook, "edit")
    ticked = [box["value"] for box in pages.html(page).select("input[name=events][checked]")]

    response = pages.post(page, FORM | {"events": ticked, "is_active": ""})

    assert response["Location"] == address(webhook)
    webhook.refresh_from_db()
    assert webhook.events == ["RUN.FINISHED", "BUDGET_POLICY.EXCEEDED"]
    assert webhook.status == "DISABLED"


@on
def test_deleting_is_asked_first(pages):
    webhook = make_webhook("ci")
    deliver(webhook)

    assert "Delete “ci”?" in pages.html(address(webhook, "delete")).text
    assert Webhook.objects.exists()

    assert pages.post(address(webhook, "delete"))["Location"] == "/webhooks/"
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_pages_of_jobs_lead_here(pages):
    assert pages.html("/jobs/").select("a[href='/webhooks/']")
