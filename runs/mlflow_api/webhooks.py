"""webhooks: those that listen to an event the protocol has a name for, with these events alone."""

from runs.models import Webhook, WebhookStatus
from runs.queries.webhooks import listening_to_any
from runs.services.webhook_edits import change_webhook, create_webhook, delete_webhook, found_webhook, try_now
from runs.webhooks.events import BEYOND_THE_PROTOCOL, EVENTS, event_name
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import UNSET, Request, UnsetType, invalid
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView

PROTOCOL_EVENTS = [name for name in EVENTS if name not in BEYOND_THE_PROTOCOL]
USUAL_PAGE, LARGEST_PAGE = 100, 1000


class Event(Request):
    entity: str
    action: str


def webhook_payload(webhook: Webhook) -> dict:
    return {
        "webhook_id": webhook.webhook_id,
        "name": webhook.name,
        "description": webhook.description,
        "url": webhook.url,
        "events": [event_payload(name) for name in webhook.events if name in PROTOCOL_EVENTS],
        "status": webhook.status,
        "creation_timestamp": webhook.creation_time,
        "last_updated_timestamp": webhook.last_updated_time,
    }


def event_payload(name: str) -> dict:
    entity, _, action = name.partition(".")
    return {"entity": entity, "action": action}


def event_names(events: list[Event]) -> list[str]:
    names = [event_name(event.entity, event.action) for event in events]
    for name in names:
        if name not in PROTOCOL_EVENTS:
            raise InvalidParameterValue(
                f"Invalid webhook event '{name[:80]}'. Valid events are: {', '.join(PROTOCOL_EVENTS)}."
            )
    return names


class Webhooks(MlflowView):  # POST, GET webhooks
    methods = ("POST", "GET")

    class Create(Request):
        name: str
        url: str
        events: list[Event]
        description: str = ""
        secret: str = ""
        status: WebhookStatus = WebhookStatus.ACTIVE

    class List(Request):
        max_results: int = 0
        page_token: str = ""

    @property
    def request_body(self) -> type[Request]:
        return self.List if self.request.method == "GET" else self.Create

    def answer(self, data):
        return self.listed(data) if self.request.method == "GET" else self.created(data)

    def created(self, data):
        webhook = create_webhook(
            name=data.name,
            url=data.url,
            events=event_names(data.events),
            description=data.description,
            secret=data.secret,
            status=data.status,
            user=self.user,
        )
        return {"webhook": webhook_payload(webhook)}

    def listed(self, data):
        """Newest first."""
        if not 0 <= data.max_results <= LARGEST_PAGE:
            raise invalid("max_results", data.max_results, f"It must be between 0 and {LARGEST_PAGE}.")
        size = data.max_results or USUAL_PAGE
        before = read_page_token(data.page_token, "webhooks") if data.page_token else None
        found = listening_to_any(PROTOCOL_EVENTS, before=before, user=self.user)
        page = {"webhooks": [webhook_payload(webhook) for webhook in found[:size]]}
        if len(found) > size:
            page["next_page_token"] = make_page_token(found[size - 1].pk, "webhooks")
        return page


class WebhookDetail(MlflowView):  # GET, PATCH, DELETE webhooks/<webhook_id>
    methods = ("GET", "PATCH", "DELETE")

    class request_body(Request):
        name: str | UnsetType = UNSET
        url: str | UnsetType = UNSET
        events: list[Event] | UnsetType = UNSET
        description: str | UnsetType = UNSET
        secret: str | UnsetType = UNSET
        status: WebhookStatus | UnsetType = UNSET

    def answer(self, data, webhook_id):
        webhook = protocol_webhook(webhook_id, self.user)
        if self.request.method == "DELETE":
            delete_webhook(webhook_id, user=self.user)
            return {}
        if self.request.method == "PATCH":
            changes = {field: getattr(data, field) for field in data.__struct_fields__}
            changes = {field: value for field, value in changes.items() if value is not UNSET}
            if "events" in changes:
                # Those that the protocol does not show are not taken away by it.
                ours = [name for name in webhook.events if name in BEYOND_THE_PROTOCOL]
                changes["events"] = [*event_names(data.events), *ours] if data.events else []
            webhook = change_webhook(webhook_id, **changes, user=self.user)
        return {"webhook": webhook_payload(webhook)}


class TryWebhook(MlflowView):  # POST webhooks/<webhook_id>/test
    class request_body(Request):
        event: Event | UnsetType = UNSET

    def answer(self, data, webhook_id):
        """Whatever comes of it, the call has succeeded. What the receiver wrote is not passed on."""
        webhook = protocol_webhook(webhook_id, self.user)
        if data.event is UNSET:
            name = next(name for name in webhook.events if name in PROTOCOL_EVENTS)
        else:
            (name,) = event_names([data.event])
        outcome = try_now(webhook_id, name, user=self.user)
        result = {"success": outcome.is_delivered}
        if outcome.status is not None:
            result["response_status"] = outcome.status
        if outcome.error:
            result["error_message"] = outcome.error
        return {"result": result}


def protocol_webhook(webhook_id: str, user) -> Webhook:
    webhook = found_webhook(webhook_id, Webhook.objects.visible_to(user))
    if not set(PROTOCOL_EVENTS) & set(webhook.events):
        return found_webhook(webhook_id, Webhook.objects.none())
    return webhook
