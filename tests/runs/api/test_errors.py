import pytest
from django.db import OperationalError

from runs.api import runs as runs_api
from tests.runs.api.helpers import refused


@pytest.mark.parametrize("path", ["nothing/", "runs/x/y/z/", "", "../v1/nothing", "openapi.yaml"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_told_in_json(api, path, method):
    refused(api.send(method, path, b"{}"), 404, "ENDPOINT_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "runs/"), ("DELETE", "runs/"), ("PUT", "experiments/0/")],
)
def test_a_wrong_method_is_told(api, method, path):
    refused(api.send(method, path, b"{}"), 405, "BAD_REQUEST")


def test_deleting_by_get_does_nothing(api):
    refused(api.get("experiments/0/restore/"), 405, "BAD_REQUEST")
    assert api.http.get("/api/v1/experiments/0/", headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert api.get("experiments/0/").json()["lifecycle_stage"] == "active"


def test_a_format_nobody_writes_is_refused(api):
    assert "json, csv" in refused(api.get("runs/", {"format": "xml"}), 400, "INVALID_PARAMETER_VALUE")
    refused(api.get("experiments/0.csv"), 400, "INVALID_PARAMETER_VALUE")


def test_a_failing_database_is_503(api, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("could not connect to /secret/path")

    monkeypatch.setattr(runs_api, "compile_filter", broken)

    response = api.get("runs/")

    assert "secret" not in refused(response, 503, "TEMPORARILY_UNAVAILABLE")
    assert int(response["Retry-After"]) >= 1


def test_scripts_need_no_csrf_token(db):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")

    response = client.post("/api/v1/runs/", "{}", content_type="application/json")

    assert response.status_code == 201


def test_a_logged_in_browser_needs_one(db, django_user_model):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.force_login(django_user_model.objects.create_user("ada"))

    refused(client.post("/api/v1/runs/", "{}", content_type="application/json"), 403, "PERMISSION_DENIED")
