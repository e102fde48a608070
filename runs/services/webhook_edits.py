"""Create, change and delete webhooks; send something again, or to try."""

import re
import threading
from collections.abc import Iterable

from django.db.models import QuerySet

from runs.models import DeliveryState, Webhook, WebhookDelivery, WebhookStatus
from runs.models.webhook import new_id
from runs.search.compiler import compile_filter
from runs.search.scope import Scope
from runs.services.audit import record
from runs.services.experiments import active_experiment
from runs.services.run_endings import filter_of_one
from runs.services.webhooks import enqueue, message
from runs.webhooks.addresses import check_on, check_url
from runs.webhooks.attempt import Message, Outcome, attempt
from runs.webhooks.events import EVENTS, EXAMPLES
from runs.webhooks.queue import LEASE_MS, end_waiting
from runs.webhooks.signature import PURPOSE
from trackui.clock import now_ms
from trackui.encryption import encrypt
from trackui.errors import InvalidParameterValue, RequestLimitExceeded, ResourceDoesNotExist, shorten
from trackui.mlflow_api.body import check_text
from trackui.transactions import transactional

NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?")
MAX_DESCRIPTION_LENGTH = 5_000
MAX_SECRET_LENGTH = 1_000
# All are looked through at each event.
MOST_WEBHOOKS = 200
# For a receiver to answer while a person or a client waits.
TEST_SECONDS = 10.0
# Threads of a process that may wait for receivers; the others go on answering.
_trying = threading.BoundedSemaphore(2)


def create_webhook(
    *,
    name: str,
    url: str,
    events: Iterable[str],
    description: str = "",
    secret: str = "",
    status: str = WebhookStatus.ACTIVE,
    filter: str = "",
    experiment_id: str = "",
    user,
) -> Webhook:
    """`filter` and `experiment_id` narrow which runs it hears of."""
    check_on()
    webhook = Webhook(name=checked_name(name), url=url, events=checked_events(events))
    webhook.description, webhook.secret = checked_description(description), kept_secret(secret)
    webhook.status, webhook.filter = WebhookStatus(status), filter.strip()
    check_url(url)

    @transactional
    def write() -> Webhook:
        if Webhook.objects.count() >= MOST_WEBHOOKS:
            raise InvalidParameterValue(f"There are {MOST_WEBHOOKS} webhooks, which is the most. Delete some first.")
        webhook.experiment = active_experiment(experiment_id, user=user) if experiment_id else None
        check_filter(webhook)
        webhook.pk, webhook.creation_time = None, now_ms()
        webhook.last_updated_time = webhook.creation_time
        webhook.save(force_insert=True)
        note("webhook.create", webhook, user=user, **told(webhook))
        return webhook

    return write()


def change_webhook(
    webhook_id: str,
    *,
    name: str | None = None,
    url: str | None = None,
    events: Iterable[str] | None = None,
    description: str | None = None,
    secret: str | None = None,
    status: str | None = None,
    filter: str | None = None,
    experiment_id: str | None = None,
    user,
) -> Webhook:
    """Change what is given; an empty secret, filter or experiment removes it.

    What waits for a webhook that is disabled is not sent.
    """
    check_on()
    changes = {
        "name": None if name is None else checked_name(name),
        "url": url,
        "events": None if events is None else checked_events(events),
        "description": None if description is None else checked_description(description),
        "secret": None if secret is None else kept_secret(secret),
        "status": None if status is None else WebhookStatus(status),
        "filter": None if filter is None else filter.strip(),
    }
    changes = {field: value for field, value in changes.items() if value is not None}
    if url is not None:
        check_url(url)

    @transactional
    def write() -> Webhook:
        webhook = held_webhook(webhook_id, user=user)
        before = told(webhook)
        for field, value in changes.items():
            setattr(webhook, field, value)
        if experiment_id is not None and experiment_id != experiment_of(webhook):
            webhook.experiment = active_experiment(experiment_id, user=user) if experiment_id else None
        check_filter(webhook)
        if not webhook.is_active:
            waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
            end_waiting(waiting, "The webhook was disabled before it was delivered.")
        webhook.last_updated_time = now_ms()
        webhook.save()
        after = told(webhook)
        changed = [field for field in after if before[field] != after[field]]
        if changed or "secret" in changes:
            note(
                "webhook.change",
                webhook,
                user=user,
                name=webhook.name,
                before={field: before[field] for field in changed},
                after={field: after[field] for field in changed},
                secret=("set" if webhook.secret else "removed") if "secret" in changes else "",
            )
        return webhook

    return write()


@transactional
def delete_webhook(webhook_id: str, *, user) -> Webhook:
    """With its deliveries, also those that wait."""
    webhook = held_webhook(webhook_id, user=user, to_delete=True)
    note("webhook.delete", webhook, user=user, **told(webhook))
    webhook.delete()
    return webhook


@transactional
def send_again(webhook_id: str, delivery_id: str, *, user) -> WebhookDelivery:
    """As soon as can be, from the first attempt on, with the same delivery id; also what still waits for its turn."""
    check_on()
    webhook = held_webhook(webhook_id, user=user)
    delivery = webhook.deliveries.select_for_update().filter(delivery_id=delivery_id).first()
    if delivery is None:
        raise ResourceDoesNotExist(f"Delivery with ID {shorten(delivery_id, 64)} not found")
    check_active(webhook)
    now = now_ms()
    if delivery.state == DeliveryState.WAITING and delivery.last_attempt_time:
        # It may be under way.
        delivery.next_attempt_time = min(delivery.next_attempt_time, max(now, delivery.last_attempt_time + LEASE_MS))
    else:
        delivery.next_attempt_time = now
    delivery.state, delivery.attempts, delivery.end_time, delivery.error = DeliveryState.WAITING, 0, None, ""
    delivery.response_status = None
    delivery.save()
    note("webhook.send_again", webhook, user=user, name=webhook.name, delivery=delivery.delivery_id)
    return delivery


def send_test(webhook_id: str, event: str = "", *, user) -> WebhookDelivery:
    """Put an example of the event, or of the first it listens to, in the queue."""
    check_on()

    @transactional
    def write() -> WebhookDelivery:
        webhook = held_webhook(webhook_id, user=user)
        check_active(webhook)
        name = example_event(webhook, event)
        entity, _, action = name.partition(".")
        (delivery,) = enqueue([webhook], entity, action, EXAMPLES[name])
        note("webhook.test", webhook, user=user, name=webhook.name, event=name)
        return delivery

    return write()


def try_now(webhook_id: str, event: str = "", *, user) -> Outcome:
    """Send an example and wait for the answer, past the queue."""
    check_on()
    webhook = found_webhook(webhook_id, Webhook.objects.visible_to(user))
    name = example_event(webhook, event)
    entity, _, action = name.partition(".")
    transactional(note)("webhook.test", webhook, user=user, name=webhook.name, event=name)
    body = message(entity, action, EXAMPLES[name])
    if not _trying.acquire(blocking=False):
        raise RequestLimitExceeded("Other webhooks are being tested. Try again in a moment.", retry_after=5)
    try:
        return attempt(Message(new_id(), webhook.url, webhook.secret, body), seconds=TEST_SECONDS)
    finally:
        _trying.release()


def held_webhook(webhook_id: str, *, user, to_delete: bool = False) -> Webhook:
    """`to_delete`: nobody can refer to it meanwhile, so that no delivery is left without one."""
    webhooks = Webhook.objects.visible_to(user).select_for_update(of=("self",), no_key=not to_delete)
    return found_webhook(webhook_id, webhooks)


def found_webhook(webhook_id: str, webhooks: QuerySet[Webhook]) -> Webhook:
    webhook = webhooks.select_related("experiment").filter(webhook_id=webhook_id).first()
    if webhook is None:
        raise ResourceDoesNotExist(f"Webhook with ID {shorten(webhook_id, 64)} not found")
    return webhook


def experiment_of(webhook: Webhook) -> str:
    """Its id, or nothing."""
    return webhook.experiment.experiment_id if webhook.experiment is not None else ""


def told(webhook: Webhook) -> dict:
    """What the audit list keeps; never the secret."""
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "description": webhook.description,
        "status": str(webhook.status),
        "filter": webhook.filter,
        "runs_of": experiment_of(webhook),
    }


def note(action: str, webhook: Webhook, *, user, **detail) -> None:
    record(user, action, "webhook", webhook.webhook_id, experiment=webhook.experiment, **detail)


# --- What is accepted --------------------------------------------------------------------------


def checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise InvalidParameterValue(
            f"Webhook name '{shorten(name, 80)}' is invalid. It must start and end with a letter or digit, have at "
            "most 63 characters, and contain only letters, digits, dots (.), underscores (_), and hyphens (-)."
        )
    return name


def checked_events(events: Iterable[str]) -> list[str]:
    """Each once, in the order of the catalogue."""
    asked = set(events)
    if not asked:
        raise InvalidParameterValue("Webhook events cannot be empty.")
    for name in sorted(asked - EVENTS.keys()):
        raise InvalidParameterValue(f"Invalid webhook event '{shorten(name, 80)}'. It is one of {', '.join(EVENTS)}.")
    return [name for name in EVENTS if name in asked]


def checked_description(description: str) -> str:
    if len(description) > MAX_DESCRIPTION_LENGTH:
        raise InvalidParameterValue(f"Webhook description has more than {MAX_DESCRIPTION_LENGTH} characters.")
    return check_text(description)


def kept_secret(secret: str) -> str:
    if len(secret) > MAX_SECRET_LENGTH:
        raise InvalidParameterValue(f"Webhook secret has more than {MAX_SECRET_LENGTH} characters.")
    return encrypt(check_text(secret), purpose=PURPOSE) if secret else ""


def check_filter(webhook: Webhook) -> None:
    """SearchSyntaxError says what is wrong, in the words of a search. As it is asked of a run that ends."""
    scope = Scope((webhook.experiment_id,) if webhook.experiment_id is not None else ())
    compile_filter(webhook.filter, scope=scope)
    if webhook.filter:
        compile_filter(filter_of_one("0" * 32, webhook.filter), scope=scope)


def check_active(webhook: Webhook) -> None:
    if not webhook.is_active:
        raise InvalidParameterValue("This webhook is disabled. Nothing is sent until it is active again.")


def example_event(webhook: Webhook, event: str) -> str:
    return checked_events([event])[0] if event else webhook.events[0]
