"""Every answer starts at what the caller may see; here that is everything but one model."""

import pytest

from registry.models import ModelEvent, ModelVersion, RegisteredModel
from registry.models.model_event import ModelEventQuerySet
from registry.models.model_version import ModelVersionQuerySet
from registry.models.registered_model import RegisteredModelQuerySet
from registry.services import registered_models
from registry.services.aliases import set_alias
from tests.factories import make_model_version, make_registered_model


@pytest.fixture
def hidden(db, monkeypatch):
    """`secret` is nobody's to see, `open` is."""
    for name in ("secret", "open"):
        make_model_version(make_registered_model(name))
        set_alias(name, "champion", 1, user=None)
    for kind in (RegisteredModelQuerySet, ModelVersionQuerySet, ModelEventQuerySet):
        monkeypatch.setattr(kind, "visible_to", lambda rows, user: rows.exclude(name="secret"))
    secret = "SELECT id FROM registry_registeredmodel WHERE name = %s"
    monkeypatch.setattr(
        registered_models, "readable_models", lambda user, column: (f"{column} NOT IN ({secret})", ("secret",))
    )


@pytest.mark.parametrize(
    "path",
    [
        "models/",
        "models.csv",
        "model-versions/",
        "model-versions.csv",
        "model-events/",
        "model-events.csv",
        "models/?as_of=2100-01-01",
    ],
)
def test_lists_leave_out_what_the_caller_may_not_see(api, hidden, path):
    response = api.get(path)
    text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()

    assert response.status_code == 200
    assert "open" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "models/secret/", None),
        ("GET", "models/secret/?as_of=2100-01-01", None),
        ("PATCH", "models/secret/", {"description": "x"}),
        ("DELETE", "models/secret/", None),
        ("GET", "models/secret/versions/", None),
        ("GET", "models/secret/versions/?as_of=2100-01-01", None),
        ("POST", "models/secret/versions/", {"source": f"runs:/{'0' * 32}/model"}),
        ("POST", "models/open/versions/", {"source": "models:/secret/1"}),
        ("GET", "models/secret/versions/1/", None),
        ("PATCH", "models/secret/versions/1/", {"description": "x"}),
        ("DELETE", "models/secret/versions/1/", None),
        ("POST", "models/secret/versions/1/promote/", {"stage": "Staging"}),
        ("GET", "models/secret/aliases/champion/", None),
        ("PUT", "models/secret/aliases/champion/", {"version": 1}),
        ("DELETE", "models/secret/aliases/champion/", None),
        ("GET", "models/secret/events/", None),
    ],
)
def test_what_the_caller_may_not_see_is_not_there(api, hidden, method, path, body):
    before = ModelEvent.objects.count()

    response = api.send(method, path, "" if body is None else body)

    assert response.status_code == 404, response.content
    assert response.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert (ModelEvent.objects.count(), ModelVersion.objects.count()) == (before, 2)
    assert RegisteredModel.objects.get(name="secret").description == ""
