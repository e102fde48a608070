"""Health, version, and every path that is not there: JSON that makes clients take their fall-backs."""

import re

import pytest

from tests.clients import MLFLOW_PREFIXES, JsonClient
from tests.factories import make_experiment
from tests.runs.mlflow_api.answers import NO_ENDPOINT, WRONG_METHOD, ok, refusal

API_PREFIXES = ("/api", "/ajax-api")

# Endpoints of MLflow that are not offered, below /api and /ajax-api.
NOT_OFFERED = [
    # Traces
    ("POST", "3.0/mlflow/traces"),
    ("GET", "3.0/mlflow/traces/tr-1"),
    ("GET", "3.0/mlflow/traces/get"),
    ("GET", "3.0/mlflow/traces/batchGet"),
    ("POST", "3.0/mlflow/traces/batchGetInfos"),
    ("POST", "3.0/mlflow/traces/search"),
    ("PATCH", "3.0/mlflow/traces/tr-1/tags"),
    ("DELETE", "3.0/mlflow/traces/tr-1/tags"),
    ("POST", "3.0/mlflow/traces/delete-traces"),
    ("POST", "3.0/mlflow/traces/metrics"),
    ("POST", "3.0/mlflow/traces/calculate-filter-correlation"),
    ("POST", "2.0/mlflow/traces"),
    ("PATCH", "2.0/mlflow/traces/tr-1"),
    ("GET", "2.0/mlflow/traces/tr-1/info"),
    ("GET", "2.0/mlflow/traces"),
    ("PATCH", "2.0/mlflow/traces/tr-1/tags"),
    ("DELETE", "2.0/mlflow/traces/tr-1/tags"),
    ("POST", "2.0/mlflow/traces/delete-traces"),
    ("POST", "2.0/mlflow/traces/link-to-run"),
    ("POST", "2.0/mlflow/traces/link-prompts"),
    # Assessments
    ("POST", "3.0/mlflow/traces/tr-1/assessments"),
    ("GET", "3.0/mlflow/traces/tr-1/assessments/a-1"),
    ("PATCH", "3.0/mlflow/traces/tr-1/assessments/a-1"),
    ("DELETE", "3.0/mlflow/traces/tr-1/assessments/a-1"),
    # Evaluation datasets
    ("POST", "3.0/mlflow/datasets/create"),
    ("GET", "3.0/mlflow/datasets/d-1"),
    ("DELETE", "3.0/mlflow/datasets/d-1"),
    ("POST", "3.0/mlflow/datasets/search"),
    ("GET", "3.0/mlflow/datasets/search"),
    ("PATCH", "3.0/mlflow/datasets/d-1/tags"),
    ("DELETE", "3.0/mlflow/datasets/d-1/tags/key"),
    ("GET", "3.0/mlflow/datasets/d-1/records"),
    ("POST", "3.0/mlflow/datasets/d-1/records"),
    ("DELETE", "3.0/mlflow/datasets/d-1/records"),
    ("GET", "3.0/mlflow/datasets/d-1/experiment-ids"),
    ("POST", "3.0/mlflow/datasets/d-1/add-experiments"),
    ("POST", "3.0/mlflow/datasets/d-1/remove-experiments"),
    # Scorers
    ("POST", "3.0/mlflow/scorers/register"),
    ("GET", "3.0/mlflow/scorers/list"),
    ("GET", "3.0/mlflow/scorers/versions"),
    ("GET", "3.0/mlflow/scorers/get"),
    ("DELETE", "3.0/mlflow/scorers/delete"),
    ("GET", "3.0/mlflow/scorers/online-config"),
    # Gateway, issues, labels, reviews, prompts, workspaces, jobs
    ("GET", "3.0/mlflow/gateway/secrets/list"),
    ("POST", "3.0/mlflow/gateway/endpoints/create"),
    ("POST", "3.0/mlflow/gateway/model-definitions/create"),
    ("GET", "3.0/mlflow/gateway/budgets/list"),
    ("GET", "3.0/mlflow/gateway/guardrails/list"),
    ("GET", "3.0/mlflow/gateway/supported-providers"),
    ("GET", "3.0/mlflow/issues"),
    ("GET", "3.0/mlflow/label-schemas/list"),
    ("GET", "3.0/mlflow/review-queues/list"),
    ("POST", "3.0/mlflow/prompt-optimization/jobs"),
    ("GET", "3.0/mlflow/workspaces"),
    ("POST", "3.0/mlflow/workspaces"),
    ("PATCH", "3.0/mlflow/workspaces/team"),
    ("GET", "3.0/mlflow/server-features"),
    ("GET", "3.0/mlflow/jobs/1"),
    ("POST", "3.0/mlflow/ui-telemetry"),
    ("GET", "2.0/mlflow/gateway-proxy"),
    ("POST", "2.0/mlflow/runs/create-promptlab-run"),
    # Users, and what is Databricks' alone
    ("POST", "2.0/mlflow/users/create"),
    ("GET", "2.0/mlflow/unity-catalog/registered-models/get"),
    ("GET", "2.0/mlflow/databricks/runs/get"),
    ("GET", "2.0/mlflow/unified-traces"),
    ("POST", "2.0/secrets"),
    ("POST", "2.0/jobs/create"),
    ("GET", "2.0/dbfs/list"),
]
KNOWN = [
    ("POST", "experiments/create"),
    ("GET", "experiments/get"),
    ("GET", "experiments/get-by-name"),
    ("POST", "experiments/update"),
    ("POST", "experiments/delete"),
    ("POST", "experiments/restore"),
    ("POST", "experiments/set-experiment-tag"),
    ("POST", "experiments/delete-experiment-tag"),
    ("POST", "runs/create"),
    ("GET", "runs/get"),
    ("POST", "runs/update"),
    ("POST", "runs/delete"),
    ("POST", "runs/restore"),
    ("POST", "runs/log-metric"),
    ("POST", "runs/log-parameter"),
    ("POST", "runs/set-tag"),
    ("POST", "runs/delete-tag"),
    ("POST", "runs/log-batch"),
    ("POST", "runs/log-model"),
    ("POST", "runs/log-inputs"),
    ("POST", "runs/outputs"),
    ("POST", "runs/search"),
    ("GET", "metrics/get-history"),
    ("POST", "logged-models"),
    ("POST", "logged-models/m-1/params"),
    ("PATCH", "logged-models/m-1/tags"),
    ("POST", "registered-models/create"),
    ("POST", "registered-models/rename"),
    ("PATCH", "registered-models/update"),
    ("DELETE", "registered-models/delete"),
    ("GET", "registered-models/get"),
    ("POST", "registered-models/set-tag"),
    ("DELETE", "registered-models/delete-tag"),
    ("POST", "model-versions/create"),
    ("PATCH", "model-versions/update"),
    ("POST", "model-versions/transition-stage"),
    ("DELETE", "model-versions/delete"),
    ("GET", "model-versions/get"),
    ("GET", "model-versions/get-download-uri"),
    ("POST", "model-versions/set-tag"),
    ("DELETE", "model-versions/delete-tag"),
]


@pytest.fixture
def http(db):
    return JsonClient("")


def test_the_server_is_healthy(http):
    response = http.get("/health")

    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"OK", "text/plain")


def test_the_version_is_below_that_of_servers_that_take_spans(http):
    response = http.get("/version")

    assert response["Content-Type"] == "text/plain"
    major, minor, _ = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", response.content.decode()).groups()
    assert (int(major), int(minor)) < (3, 4)


def test_health_needs_no_database():
    """The test has no database: a query would fail it."""
    for path in ("/health", "/version"):
        assert JsonClient("").get(path).status_code == 200


@pytest.mark.parametrize("prefix", API_PREFIXES)
def test_server_info_claims_what_there_is(http, prefix):
    info = ok(http.get(f"{prefix}/3.0/mlflow/server-info"))

    assert info["store_type"] == "SqlStore"
    assert info["artifact_serving_enabled"] is True
    assert info["artifacts_presigned_only"] is False
    assert info["workspaces_enabled"] is False
    assert info["tracking_auth"] == ""


@pytest.mark.parametrize("prefix", API_PREFIXES)
@pytest.mark.parametrize(("method", "path"), NOT_OFFERED)
def test_what_is_not_offered_is_told_in_json(http, prefix, method, path):
    url = f"{prefix}/{path}"
    response = http.get(url, {"name": "x"}) if method == "GET" else http.send(method, url, {"name": "x"})

    assert refusal(response) == NO_ENDPOINT


@pytest.mark.parametrize(
    "url",
    [
        "/v1/traces",
        "/api/",
        "/api/2.0/",
        "/api/2.0/mlflow",
        "/api/9.9/mlflow/runs/get",
        "/api/3.0/mlflow/runs/get",
        "/ajax-api/2.0/mlflow/runs/get/x",
        "/api/2.0/mlflow/runs/GET",
        "/api/2.0/mlflow/a%0Ab",
        "/api/2.0/mlflow/%ff",
        "/api/2.0/mlflow/" + "x" * 2000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_path_below_the_api_answers_a_page(http, url, method):
    response = http.send(method, url, b"")

    assert refusal(response) == NO_ENDPOINT
    assert len(response.content) < 600


@pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)
@pytest.mark.parametrize(("method", "path"), KNOWN)
def test_a_trailing_slash_is_another_path(mlflow_api, method, path):
    """A redirected POST would lose its body."""
    response = mlflow_api.send(method, f"{path}/", {"name": "x"})

    assert refusal(response)[0] == 404


@pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)
@pytest.mark.parametrize(("method", "path"), KNOWN)
def test_the_wrong_verb_is_told_in_json(mlflow_api, method, path):
    for wrong in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {method}:
        response = mlflow_api.send(wrong, path, {})
        assert refusal(response) == WRONG_METHOD, wrong
        assert method in response["Allow"]
    assert mlflow_api.send("HEAD", path, b"").status_code == 405


@pytest.mark.parametrize("mlflow_api", ["/api/2.0", "/ajax-api/2.0", "/api/2.0/preview"], indirect=True)
def test_every_prefix_reaches_the_same_store(mlflow_api):
    experiment = make_experiment("shared")

    answer = ok(mlflow_api.get("experiments/get", {"experiment_id": experiment.experiment_id}))

    assert answer["experiment"]["name"] == "shared"


def test_a_workspace_is_no_obstacle(mlflow_api):
    response = mlflow_api.post("experiments/create", {"name": "in a workspace"}, x_mlflow_workspace="team")

    assert ok(response)["experiment_id"]


@pytest.mark.parametrize("override", ["DELETE", "GET"])
def test_no_header_changes_the_verb(mlflow_api, override):
    experiment = make_experiment()

    response = mlflow_api.get(
        "experiments/get", {"experiment_id": experiment.experiment_id}, x_http_method_override=override
    )

    assert ok(response)["experiment"]
