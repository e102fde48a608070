"""Input that no client of good will sends to the registry: told in the protocol's words, never a 500."""

import pytest

from registry.mlflow_api.urls import REGISTRY
from registry.services.aliases import set_alias
from tests.factories import make_model_version, make_registered_model
from tests.runs.mlflow_api.answers import INVALID, ok, refusal
from tests.runs.mlflow_api.test_bad_input import WICKED, call, is_told, named, places, with_value

pytestmark = pytest.mark.usefixtures("world")

VERSION = {"name": "M", "version": "1"}
TAG = {"key": "k", "value": "v"}
SEARCH = {"filter": "", "order_by": [], "max_results": 5, "page_token": ""}

# Every endpoint with a body that it takes.
ENDPOINTS = [
    ("POST", "registered-models/create", {"name": "new", "description": "d", "tags": [TAG]}),
    ("GET", "registered-models/get", {"name": "M"}),
    ("GET", "registered-models/search", SEARCH),
    ("POST", "registered-models/search", SEARCH),
    ("POST", "registered-models/rename", {"name": "M", "new_name": "N"}),
    ("PATCH", "registered-models/update", {"name": "M", "description": "d"}),
    ("DELETE", "registered-models/delete", {"name": "M"}),
    ("POST", "registered-models/get-latest-versions", {"name": "M", "stages": ["None"]}),
    ("GET", "registered-models/get-latest-versions", {"name": "M", "stages": ["None"]}),
    ("POST", "registered-models/set-tag", {"name": "M", **TAG}),
    ("DELETE", "registered-models/delete-tag", {"name": "M", "key": "k"}),
    ("POST", "registered-models/alias", {**VERSION, "alias": "a"}),
    ("GET", "registered-models/alias", {"name": "M", "alias": "champion"}),
    ("DELETE", "registered-models/alias", {"name": "M", "alias": "champion"}),
    (
        "POST",
        "model-versions/create",
        {"name": "M", "source": "runs:/r/m", "run_id": "r", "run_link": "l", "description": "d", "tags": [TAG]},
    ),
    ("GET", "model-versions/get", VERSION),
    ("GET", "model-versions/search", SEARCH),
    ("POST", "model-versions/search", SEARCH),
    ("PATCH", "model-versions/update", {**VERSION, "description": "d"}),
    (
        "POST",
        "model-versions/transition-stage",
        {**VERSION, "stage": "Staging", "archive_existing_versions": True},
    ),
    ("DELETE", "model-versions/delete", VERSION),
    ("GET", "model-versions/get-download-uri", VERSION),
    ("POST", "model-versions/set-tag", {**VERSION, **TAG}),
    ("DELETE", "model-versions/delete-tag", {**VERSION, "key": "k"}),
]
EVERY_ENDPOINT = pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS, ids=named)


@pytest.fixture
def world(db):
    make_model_version(make_registered_model("M", tags={"k": "v"}), tags={"k": "v"})
    set_alias("M", "champion", 1, user=None)


def test_the_table_has_every_endpoint():
    assert {path for _, path, _ in ENDPOINTS} == {str(route.pattern) for route in REGISTRY}


@EVERY_ENDPOINT
def test_each_endpoint_takes_the_body_of_the_table(mlflow_api, method, path, body):
    ok(call(mlflow_api, method, path, body))


@EVERY_ENDPOINT
def test_no_value_of_any_field_is_more_than_a_bad_request(mlflow_api, method, path, body):
    for place in places(body):
        for wicked in WICKED:
            response = call(mlflow_api, method, path, with_value(body, place, wicked))
            assert is_told(response), (place, wicked, response.content)


@EVERY_ENDPOINT
def test_text_no_database_can_hold_is_refused_in_every_field(mlflow_api, method, path, body):
    if method == "GET":
        assert refusal(mlflow_api.get(f"{path}?name=a%00b&key=a%00b")) == INVALID
        return
    for place in places(body):
        for text in ("a\0b", "\ud800"):
            assert refusal(mlflow_api.send(method, path, with_value(body, place, text))) == INVALID, place
