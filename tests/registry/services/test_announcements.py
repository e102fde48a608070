"""What happens to models is told to webhooks, in the shapes that the catalogue shows."""

import json

import pytest

from registry.services.aliases import delete_alias, set_alias
from registry.services.model_versions import delete_version_tag, set_version_tag, transition_stage
from registry.services.registered_models import delete_model_tag, set_model_tag
from runs.models import WebhookDelivery
from runs.webhooks.events import EVENTS, EXAMPLES, GROUPS
from tests.factories import make_model_version, make_registered_model, make_webhook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhooks_on")]

PROMPT = {"mlflow.prompt.is_prompt": "true"}


def told() -> dict[str, dict]:
    """Each event with its data."""
    return {delivery.event: json.loads(delivery.payload)["data"] for delivery in WebhookDelivery.objects.order_by("pk")}


def change_everything(name: str, version: int) -> None:
    set_model_tag(name, "a", "b", user=None)
    delete_model_tag(name, "a", user=None)
    set_version_tag(name, version, "key", "value", user=None)
    delete_version_tag(name, version, "key", user=None)
    set_alias(name, "champion", version, user=None)
    delete_alias(name, "champion", user=None)
    transition_stage(name, version, "Staging", note="why", user=None)


def test_everything_about_a_model_is_told():
    make_webhook(events=list(EVENTS))
    model = make_registered_model("m", description="d", tags={"team": "vision"})
    change_everything("m", make_model_version(model, description="first").version)

    messages = told()

    assert messages.keys() == set(GROUPS["Models"])
    for event, data in messages.items():
        assert data.keys() >= EXAMPLES[event].keys(), event
    assert messages["REGISTERED_MODEL.CREATED"] == {"name": "m", "tags": {"team": "vision"}, "description": "d"}
    assert messages["MODEL_VERSION_TAG.SET"] == {"name": "m", "version": "1", "key": "key", "value": "value"}
    assert messages["MODEL_VERSION_ALIAS.CREATED"] == {"name": "m", "version": "1", "alias": "champion"}
    assert messages["MODEL_VERSION_STAGE.MOVED"] == {
        "name": "m",
        "version": "1",
        "from": "None",
        "to": "Staging",
        "note": "why",
    }


def test_everything_about_a_prompt_is_told_as_of_a_prompt():
    make_webhook(events=list(EVENTS))
    prompt = make_registered_model("p", tags=PROMPT)
    version = make_model_version(prompt, tags={**PROMPT, "mlflow.prompt.text": "Hello {{name}}"})
    change_everything("p", version.version)

    messages = told()

    assert messages.keys() - {"MODEL_VERSION_STAGE.MOVED"} == set(GROUPS["Prompts"])
    for event, data in messages.items():
        assert data.keys() >= EXAMPLES[event].keys(), event
    assert messages["PROMPT_VERSION.CREATED"]["template"] == "Hello {{name}}"


def test_what_is_refused_is_not_told():
    make_webhook(events=list(EVENTS))
    version = make_model_version()
    WebhookDelivery.objects.all().delete()

    with pytest.raises(Exception, match="alias"):
        set_alias(version.name, "latest", version.version, user=None)

    assert not WebhookDelivery.objects.exists()
