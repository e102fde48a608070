"""How the tests of this folder read answers: refusals, a run's data, what the database holds."""

from contextlib import contextmanager

from django.apps import apps

INVALID = (400, "INVALID_PARAMETER_VALUE")
BAD_REQUEST = (400, "BAD_REQUEST")
EXISTS = (400, "RESOURCE_ALREADY_EXISTS")
NOT_FOUND = (404, "RESOURCE_DOES_NOT_EXIST")
NO_ENDPOINT = (404, "ENDPOINT_NOT_FOUND")
WRONG_METHOD = (405, "BAD_REQUEST")
TOO_LARGE = (413, "INVALID_PARAMETER_VALUE")
BAD_ENCODING = (415, "BAD_REQUEST")
FORBIDDEN = (403, "PERMISSION_DENIED")

TRAILER = "See the API docs for more information about request parameters."


def refusal(response) -> tuple[int, str]:
    """(status, error_code) of an error, which must have the protocol's shape and nothing more."""
    assert response["Content-Type"] == "application/json", (response.status_code, response.content[:200])
    body = response.json()
    assert body.keys() == {"error_code", "message"}
    assert body["message"]
    return response.status_code, body["error_code"]


def message(response) -> str:
    assert response.status_code >= 400, response.content
    return response.json()["message"]


def ok(response) -> dict:
    assert response.status_code == 200, response.content
    return response.json()


def stored_run(api, run_id: str) -> dict:
    return ok(api.get("runs/get", {"run_id": run_id}))["run"]


def pairs(items: list[dict]) -> dict[str, str]:
    """[{key, value}, …] as a dict; no key may come twice."""
    assert len({item["key"] for item in items}) == len(items)
    return {item["key"]: item["value"] for item in items}


def metrics_of(api, run_id: str) -> dict[str, tuple]:
    """key -> (value, timestamp, step) of the latest points."""
    metrics = stored_run(api, run_id)["data"].get("metrics", [])
    return {m["key"]: (m["value"], m["timestamp"], m["step"]) for m in metrics}


def params_of(api, run_id: str) -> dict[str, str]:
    return pairs(stored_run(api, run_id)["data"].get("params", []))


def tags_of(api, run_id: str) -> dict[str, str]:
    return pairs(stored_run(api, run_id)["data"].get("tags", []))


def history(api, run_id: str, key: str) -> list[tuple]:
    """(step, timestamp, value) of all points of a metric."""
    metrics = ok(api.get("metrics/get-history", {"run_id": run_id, "metric_key": key})).get("metrics", [])
    return [(m["step"], m["timestamp"], m["value"]) for m in metrics]


@contextmanager
def nothing_written():
    """All rows of all our tables are the same after the block."""
    before = _all_rows()
    yield
    assert _all_rows() == before


def _all_rows() -> dict:
    return {
        model.__name__: sorted(model.objects.values_list(*_columns(model)), key=repr)
        for model in apps.get_app_config("runs").get_models()
    }


def _columns(model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
