import json

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http.request import UnreadablePostError
from django.test import Client

from tests.clients import MLFLOW_PREFIXES
from trackui.middleware import JsonErrors, ProtocolDoor, host_name

CREATE = "experiments/create"


@pytest.fixture
def http():
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:5000", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:5000"])
def test_own_names_are_served(http, host):
    response = http.get("/health", headers={"host": host})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "[::2]",
        "localhost:",
        "localhost:50x",
        "localhost:٣",
        "localhost@evil.example",
        "::1",
        "*",
    ],
)
@pytest.mark.parametrize("path", ["/health", "/api/2.0/mlflow/runs/search", "/", "/static/none.css"])
def test_other_names_are_refused_everywhere(http, host, path):
    response = http.get(path, headers={"host": host})

    assert response.status_code == 400
    assert response.json()["error_code"] == "BAD_REQUEST"


def test_a_host_forwarded_by_nobody_we_know_is_ignored(http):
    assert http.get("/health", headers={"x-forwarded-host": "evil.example"}).status_code == 200
    assert http.get("/health", headers={"host": "evil.example", "x-forwarded-host": "localhost"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8888"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost.evil.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://localhost", "sec-fetch-site": "cross-site"},
        {"origin": "http://evil.example", "authorization": "Basic YTpi"},
    ],
)
@pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)
def test_changes_asked_for_by_other_origins_are_refused(mlflow_api, headers):
    response = mlflow_api.post(CREATE, {"name": "from elsewhere"}, **headers)

    assert response.status_code == 403
    assert response.json()["error_code"] == "PERMISSION_DENIED"
    assert mlflow_api.get("experiments/get-by-name", {"experiment_name": "from elsewhere"}).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://localhost"}, {"origin": "http://LOCALHOST", "sec-fetch-site": "same-origin"}],
)
def test_changes_asked_for_by_our_pages_and_by_clients_pass(mlflow_api, headers):
    response = mlflow_api.post(CREATE, {"name": "from here"}, **headers)

    assert response.status_code == 200


def test_links_from_other_sites_lead_to_us(pages):
    response = pages.get("/health", headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/api/3.0/mlflow/server-info",
        "/api/2.0/mlflow/none",
        "/api/v1/runs/",
        "/none",
        "/static/none.css",
        "/admin/login/",
    ],
)
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_carries_the_security_headers(http, db, path, host):
    response = http.get(path, headers={"host": host})

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in response


def test_pages_carry_a_policy_and_answers_for_programs_do_not(http, db):
    page = http.get("/admin/login/")
    answer = http.get("/api/2.0/mlflow/none")

    policy = page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Content-Security-Policy" not in answer


@pytest.mark.parametrize(
    ("path", "passes_on"),
    [
        ("/api/2.0/mlflow/runs/log-metric", False),
        ("/ajax-api/2.0/mlflow/logged-models/a/tags/b", False),
        ("/api/2.0/mlflow/none", True),
        ("/api/v1/runs/", True),
        ("/", True),
        ("/health", True),
    ],
)
def test_endpoints_of_the_protocol_pass_nothing_that_is_for_pages(rf, path, passes_on):
    passed = []

    ProtocolDoor(passed.append)(rf.put(path))

    assert bool(passed) is passes_on


@pytest.mark.parametrize("path", ["/api/3.0/mlflow/server-info", "/api/2.0/mlflow/none", "/health", "/admin/login/"])
def test_answers_tell_their_length(http, db, path):
    response = http.get(path)

    assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.parametrize("prefix", MLFLOW_PREFIXES)
def test_what_django_refuses_on_api_routes_is_json(http, db, prefix):
    response = http.get(f"{prefix}/mlflow/no/such/endpoint")

    assert response.status_code == 404
    assert response.json()["error_code"] == "ENDPOINT_NOT_FOUND"


@pytest.mark.parametrize(("exception", "status"), [(RequestDataTooBig(), 413), (UnreadablePostError(), 400)])
def test_a_body_that_django_cannot_take_is_told_on_api_routes(rf, exception, status):
    middleware = JsonErrors(lambda request: None)

    response = middleware.process_exception(rf.post("/api/v1/runs/"), exception)

    assert response.status_code == status
    assert "Retry-After" not in response
    assert middleware.process_exception(rf.post("/admin/"), exception) is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "BAD_REQUEST"),
        (403, "PERMISSION_DENIED"),
        (404, "ENDPOINT_NOT_FOUND"),
        (405, "BAD_REQUEST"),
        (413, "INVALID_PARAMETER_VALUE"),
        (500, "INTERNAL_ERROR"),
        (503, "TEMPORARILY_UNAVAILABLE"),
    ],
)
def test_error_pages_on_api_routes_become_json(rf, status, code):
    from django.http import HttpResponse

    page = HttpResponse("<h1>Error in /secret/path</h1>", status=status)

    response = JsonErrors(lambda request: page)(rf.get("/ajax-api/2.0/mlflow/x"))

    assert response.status_code == status
    assert json.loads(response.content)["error_code"] == code
    assert JsonErrors(lambda request: page)(rf.get("/experiments/0")) is page


def test_a_logged_request_is_one_line_of_json(monkeypatch, settings, capsys, rf):
    from django.http import HttpResponse

    from trackui.middleware import RequestLog

    settings.TRACKUI_LOG_REQUESTS = True
    request = rf.get("/x%0d%0a{%22fake%22:1}")

    RequestLog(lambda request: HttpResponse(status=204))(request)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert line["path"] == '/x\r\n{"fake":1}'
    assert line["status"] == 204


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.b", "a.b"),
        ("A.B:1", "a.b"),
        ("[::1]:5", "[::1]"),
        ("[::1]", "[::1]"),
        ("a:b:1", "a:b"),
        ("a:", ""),
        ("a:-1", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_host(host, name):
    assert host_name(host) == name
