"""Webhooks by the client, and what they send."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import queue
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from mlflow import MlflowClient
from refusal import refused

ONLY_MLFLOW = 3

client = MlflowClient()
RECEIVER = os.environ["WEBHOOK_RECEIVER"]
URL = f"{RECEIVER}/hook"


@contextlib.contextmanager
def _receiver():
    """What arrives, as (headers, body)."""
    arrived = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.put((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", urlsplit(RECEIVER).port), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield arrived
    finally:
        server.shutdown()
        server.server_close()


def a_webhook_from_creation_to_its_end():
    made = client.create_webhook("ci", URL, ["model_version.created", "model_version_alias.created"], description="d")

    found = client.get_webhook(made.webhook_id)
    assert (found.name, found.url, found.description, str(found.status)) == ("ci", URL, "d", "ACTIVE")
    assert [str(event) for event in found.events] == ["model_version.created", "model_version_alias.created"]
    assert found.secret is None
    assert found.creation_timestamp == found.last_updated_timestamp > 1_700_000_000_000

    changed = client.update_webhook(made.webhook_id, name="cd", events=["model_version_tag.set"], status="DISABLED")
    assert (changed.name, str(changed.status), changed.description) == ("cd", "DISABLED", "d")
    assert [str(event) for event in changed.events] == ["model_version_tag.set"]

    client.delete_webhook(made.webhook_id)
    with refused("RESOURCE_DOES_NOT_EXIST", f"Webhook with ID {made.webhook_id} not found"):
        client.get_webhook(made.webhook_id)


def webhooks_are_listed_in_pages():
    made = [client.create_webhook(f"w{number}", URL, ["prompt.created"]).webhook_id for number in range(3)]

    first = client.list_webhooks(max_results=2)
    assert [webhook.webhook_id for webhook in first] == made[:0:-1]
    assert made[0] in {webhook.webhook_id for webhook in client.list_webhooks(page_token=first.token)}

    for webhook_id in made:
        client.delete_webhook(webhook_id)


def what_may_not_be_sent_to_is_refused():
    for url in ("https://example.com/", "http://127.0.0.1:1/", "ftp://example.com/"):
        with refused("INVALID_PARAMETER_VALUE", "Invalid webhook URL"):
            client.create_webhook("ci", url, ["model_version.created"])
    with refused("INVALID_PARAMETER_VALUE", "name"):
        client.create_webhook("not a name", URL, ["model_version.created"])


def a_webhook_is_tested():
    made = client.create_webhook("ci", URL, ["model_version.created"])

    failed = client.test_webhook(made.webhook_id)
    with _receiver() as arrived:
        result = client.test_webhook(made.webhook_id, "model_version_tag.set")
        body = json.loads(arrived.get(timeout=10)[1])
    client.delete_webhook(made.webhook_id)

    assert (failed.success, failed.response_status) == (False, None)
    assert "could not be reached" in failed.error_message
    assert (result.success, result.response_status, result.response_body) == (True, 202, None)
    assert (body["entity"], body["action"]) == ("model_version_tag", "set")


def what_happens_is_sent_signed_as_mlflow_signs():
    from mlflow.webhooks.delivery import _generate_hmac_signature

    name = f"told {uuid.uuid4().hex[:8]}"
    made = client.create_webhook("ci", URL, ["registered_model.created"], secret="hush")
    with _receiver() as arrived:
        client.create_registered_model(name, tags={"team": "vision"}, description="to tell")
        headers, body = arrived.get(timeout=20)
    client.delete_webhook(made.webhook_id)

    message = json.loads(body)
    assert (message["entity"], message["action"]) == ("registered_model", "created")
    assert message["data"] == {"name": name, "tags": {"team": "vision"}, "description": "to tell"}
    delivery, timestamp = headers["X-MLflow-Delivery-Id"], headers["X-MLflow-Timestamp"]
    signature = headers["X-MLflow-Signature"]
    assert signature == _generate_hmac_signature("hush", delivery, timestamp, body.decode())
    digest = hmac.digest(b"hush", f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256)
    assert signature == f"v1,{base64.b64encode(digest).decode()}"
