"""The catalogue, held against the client's."""

from runs.webhooks.events import BEYOND_THE_PROTOCOL, EVENTS, EXAMPLES, GROUPS


def test_the_protocols_events_are_the_clients():
    from mlflow.entities.webhook import VALID_ENTITY_ACTIONS

    theirs = {f"{entity}.{action}".upper() for entity, actions in VALID_ENTITY_ACTIONS.items() for action in actions}

    assert set(EVENTS) - BEYOND_THE_PROTOCOL == theirs


def test_examples_have_the_fields_that_mlflow_sends():
    from mlflow.entities.webhook import WebhookEvent
    from mlflow.webhooks.types import get_example_payload_for_event

    for name in set(EVENTS) - BEYOND_THE_PROTOCOL - {"BUDGET_POLICY.EXCEEDED"}:
        theirs = get_example_payload_for_event(WebhookEvent.from_str(name.lower()))
        assert EXAMPLES[name].keys() == theirs.keys(), name


def test_pages_offer_what_can_happen_here():
    offered = [name for names in GROUPS.values() for name in names]

    assert sorted(offered) == sorted(set(EVENTS) - {"BUDGET_POLICY.EXCEEDED"})
    assert EXAMPLES.keys() == EVENTS.keys()
