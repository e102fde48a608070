"""webhooks: create, list, get, update, delete, test."""

import pytest

from runs.models import Webhook, WebhookDelivery
from runs.webhooks.signature import PURPOSE
from tests.at_once import at_once, outcomes
from tests.factories import make_run, make_webhook
from tests.receivers import status
from tests.runs.mlflow_api.answers import INVALID, NOT_FOUND, message, ok, refusal
from trackui.encryption import decrypt

CREATED = {"entity": "MODEL_VERSION", "action": "CREATED"}
TAG_SET = {"entity": "MODEL_VERSION_TAG", "action": "SET"}
BODY = {"name": "ci", "url": "https://hooks.example.com/ci", "events": [CREATED]}
on = pytest.mark.usefixtures("webhooks_on")


def create(api, **body) -> dict:
    return ok(api.post("webhooks", BODY | body))["webhook"]


@on
@pytest.mark.parametrize("mlflow_api", ["/api/2.0", "/ajax-api/2.0", "/api/2.0/preview"], indirect=True)
def test_a_webhook_comes_back_without_its_secret(mlflow_api):
    made = create(mlflow_api, description="tells CI", secret="hush", events=[TAG_SET, CREATED])

    found = ok(mlflow_api.get(f"webhooks/{made['webhook_id']}"))["webhook"]
    assert found == made
    assert made == {
        "webhook_id": made["webhook_id"],
        "name": "ci",
        "url": "https://hooks.example.com/ci",
        "description": "tells CI",
        "events": [CREATED, TAG_SET],
        "status": "ACTIVE",
        "creation_timestamp": made["creation_timestamp"],
        "last_updated_timestamp": made["creation_timestamp"],
    }
    assert decrypt(Webhook.objects.get().secret, purpose=PURPOSE) == "hush"


def test_off_says_which_setting_turns_them_on(mlflow_api):
    response = mlflow_api.post("webhooks", BODY)

    assert refusal(response) == INVALID
    assert "TRACKUI_WEBHOOK_HOSTS" in message(response)


@on
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": None}, "Missing value for required parameter 'name'"),
        ({"url": None}, "Missing value for required parameter 'url'"),
        ({"url": " "}, "Webhook URL cannot be empty or just whitespace"),
        ({"url": "http://169.254.169.254/latest"}, "Invalid webhook URL"),
        ({"url": "gopher://hooks.example.com"}, "Invalid webhook URL scheme"),
        ({"events": None}, "Missing value for required parameter 'events'"),
        ({"events": []}, "cannot be empty"),
        ({"events": [{"entity": "MODEL_VERSION"}]}, "events[0].action"),
        ({"events": [{"entity": "MODEL_VERSION", "action": "SET"}]}, "MODEL_VERSION.SET"),
        ({"events": [{"entity": "RUN", "action": "FINISHED"}]}, "RUN.FINISHED"),
        ({"status": "SLEEPING"}, "ACTIVE, DISABLED"),
        ({"name": "a b"}, "Webhook name 'a b' is invalid"),
        ({"secret": "a\0b"}, "NUL"),
    ],
)
def test_what_is_wrong_is_named(mlflow_api, body, told):
    response = mlflow_api.post("webhooks", {key: value for key, value in (BODY | body).items() if value is not None})

    assert refusal(response) == INVALID
    assert told in message(response)


@on
def test_the_list_has_the_newest_first_in_pages(mlflow_api):
    names = [create(mlflow_api, name=f"w{number}")["name"] for number in range(5)]

    first = ok(mlflow_api.get("webhooks", {"max_results": 2}))
    second = ok(mlflow_api.get("webhooks", {"max_results": 3, "page_token": first["next_page_token"]}))

    assert [webhook["name"] for webhook in first["webhooks"] + second["webhooks"]] == names[::-1]
    assert "next_page_token" not in second
    assert len(ok(mlflow_api.get("webhooks", {"max_results": 0}))["webhooks"]) == 5
    for query in ({"max_results": 1001}, {"max_results": -1}, {"page_token": "made up"}):
        assert refusal(mlflow_api.get("webhooks", query)) == INVALID


@on
def test_only_what_is_given_is_changed(mlflow_api):
    made = create(mlflow_api, description="d", secret="hush")
    path = f"webhooks/{made['webhook_id']}"

    changed = ok(mlflow_api.send("PATCH", path, {"name": "cd", "status": "DISABLED"}))["webhook"]
    assert changed == made | {
        "name": "cd",
        "status": "DISABLED",
        "last_updated_timestamp": changed["last_updated_timestamp"],
    }
    assert Webhook.objects.get().secret

    changed = ok(mlflow_api.send("PATCH", path, {"events": [TAG_SET], "description": ""}))["webhook"]
    assert (changed["events"], changed["description"]) == ([TAG_SET], "")
    for body in ({"events": []}, {"url": "https://evil.example/"}, {"creation_timestamp": 5, "name": "-"}):
        assert refusal(mlflow_api.send("PATCH", path, body)) == INVALID


@on
def test_a_deleted_one_is_gone(mlflow_api):
    path = f"webhooks/{create(mlflow_api)['webhook_id']}"

    assert ok(mlflow_api.send("DELETE", path, {})) == {}

    for response in (mlflow_api.send("DELETE", path, {}), mlflow_api.get(path), mlflow_api.post(f"{path}/test", {})):
        assert refusal(response) == NOT_FOUND
    assert message(mlflow_api.get(path)) == f"Webhook with ID {path.partition('/')[2]} not found"


@on
def test_events_of_our_own_are_neither_shown_nor_taken_away(mlflow_api):
    ours = make_webhook(events=["RUN.FINISHED"])
    both = make_webhook(events=["RUN.FINISHED", "MODEL_VERSION.CREATED"])

    (listed,) = ok(mlflow_api.get("webhooks"))["webhooks"]
    mlflow_api.send("PATCH", f"webhooks/{both.webhook_id}", {"events": [TAG_SET]})

    assert (listed["webhook_id"], listed["events"]) == (both.webhook_id, [CREATED])
    both.refresh_from_db()
    assert both.events == ["RUN.FINISHED", "MODEL_VERSION_TAG.SET"]
    assert refusal(mlflow_api.get(f"webhooks/{ours.webhook_id}")) == NOT_FOUND


def test_a_test_is_sent_at_once_and_the_answers_body_is_kept_from_the_caller(mlflow_api, receiver):
    webhook = make_webhook(events=["RUN.FINISHED", "MODEL_VERSION.CREATED"], url=receiver.url)

    result = ok(mlflow_api.post(f"webhooks/{webhook.webhook_id}/test", {}))["result"]
    other = ok(mlflow_api.post(f"webhooks/{webhook.webhook_id}/test", {"event": TAG_SET}))["result"]

    assert result == other == {"success": True, "response_status": 204}
    assert b'"entity":"model_version"' in receiver.received[0].body
    assert b'"entity":"model_version_tag"' in receiver.received[1].body


def test_a_failed_test_is_an_answer_like_another(mlflow_api, receiver):
    receiver.answer = status(500)
    webhook = make_webhook(events=["MODEL_VERSION.CREATED"], url=receiver.url)

    result = ok(mlflow_api.post(f"webhooks/{webhook.webhook_id}/test", {}))["result"]

    assert result["success"] is False
    assert (result["response_status"], result["error_message"]) == (500, "It answered 500 Internal Server Error.")


def test_webhooks_come_and_go_while_runs_end(transactional_db, webhooks_on):
    """Nothing fails, whoever is first, and no delivery is left of a webhook that is gone."""
    made = [make_webhook(events=["RUN.FINISHED", "MODEL_VERSION.CREATED"]) for _ in range(8)]
    ends = [("runs/update", {"run_id": make_run().run_id, "status": "FINISHED"}) for _ in range(8)]
    deletions = [("DELETE", f"webhooks/{webhook.webhook_id}", {}) for webhook in made]

    answers = at_once("/api/2.0/mlflow", [call for pair in zip(ends, deletions, strict=True) for call in pair])

    assert outcomes(answers) == {(200, ""): 16}
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
