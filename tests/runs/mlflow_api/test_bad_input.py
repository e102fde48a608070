"""Input that no client of good will sends: told in the protocol's words, never a 500, and nothing of it stored."""

import json
import time

import pytest

from tests.clients import MLFLOW_PREFIXES
from tests.factories import make_experiment, make_logged_model, make_run
from tests.runs.mlflow_api.answers import (
    BAD_ENCODING,
    BAD_REQUEST,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    TOO_LARGE,
    WRONG_METHOD,
    message,
    nothing_written,
    ok,
    refusal,
)

pytestmark = pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)

GIB = 2**30

# Every endpoint with a body that it takes; {run}, {experiment} and {model} stand for the ids of such.
ENDPOINTS = [
    (
        "POST",
        "experiments/create",
        {"name": "new", "artifact_location": "mlflow-artifacts:/x", "tags": [{"key": "a", "value": "b"}]},
    ),
    ("GET", "experiments/get", {"experiment_id": "{experiment}"}),
    ("GET", "experiments/get-by-name", {"experiment_name": "mine"}),
    ("POST", "experiments/update", {"experiment_id": "{experiment}", "new_name": "renamed"}),
    ("POST", "experiments/delete", {"experiment_id": "{experiment}"}),
    ("POST", "experiments/restore", {"experiment_id": "{experiment}"}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "{experiment}", "key": "a", "value": "b"}),
    ("POST", "experiments/delete-experiment-tag", {"experiment_id": "{experiment}", "key": "a"}),
    (
        "POST",
        "experiments/search",
        {"max_results": 5, "page_token": "", "filter": "", "order_by": [], "view_type": "ALL"},
    ),
    (
        "GET",
        "experiments/search",
        {"max_results": 5, "page_token": "", "filter": "", "order_by": "name", "view_type": "ALL"},
    ),
    (
        "POST",
        "runs/create",
        {
            "experiment_id": "{experiment}",
            "user_id": "me",
            "run_name": "n",
            "start_time": 5,
            "tags": [{"key": "a", "value": "b"}],
        },
    ),
    ("GET", "runs/get", {"run_id": "{run}", "run_uuid": ""}),
    ("POST", "runs/update", {"run_id": "{run}", "run_uuid": "", "status": "FINISHED", "end_time": 5, "run_name": "n"}),
    ("POST", "runs/delete", {"run_id": "{run}"}),
    ("POST", "runs/restore", {"run_id": "{run}"}),
    (
        "POST",
        "runs/search",
        {
            "experiment_ids": ["{experiment}"],
            "filter": "",
            "run_view_type": "ALL",
            "max_results": 5,
            "order_by": [],
            "page_token": "",
        },
    ),
    (
        "POST",
        "runs/log-metric",
        {
            "run_id": "{run}",
            "run_uuid": "{run}",
            "key": "m",
            "value": 0.5,
            "timestamp": 5,
            "step": 1,
            "model_id": "{model}",
            "dataset_name": "d",
            "dataset_digest": "1",
        },
    ),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "run_uuid": "", "key": "p", "value": "1"}),
    ("POST", "runs/set-tag", {"run_id": "{run}", "run_uuid": "", "key": "t", "value": "1"}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "a"}),
    (
        "POST",
        "runs/log-batch",
        {
            "run_id": "{run}",
            "metrics": [{"key": "m", "value": 1.5, "timestamp": 5, "step": 1, "model_id": "{model}"}],
            "params": [{"key": "p", "value": "1"}],
            "tags": [{"key": "t", "value": "1"}],
        },
    ),
    (
        "POST",
        "runs/log-model",
        {"run_id": "{run}", "model_json": '{"artifact_path": "", "flavors": {}, "utc_time_created": "", "run_id": ""}'},
    ),
    (
        "POST",
        "runs/log-inputs",
        {
            "run_id": "{run}",
            "datasets": [
                {
                    "dataset": {
                        "name": "d",
                        "digest": "1",
                        "source_type": "s",
                        "source": "x",
                        "schema": "",
                        "profile": "",
                    },
                    "tags": [{"key": "a", "value": "b"}],
                }
            ],
            "models": [{"model_id": "{model}"}],
        },
    ),
    ("POST", "runs/outputs", {"run_id": "{run}", "models": [{"model_id": "{model}", "step": 5}]}),
    ("GET", "metrics/get-history", {"run_id": "{run}", "metric_key": "m", "max_results": 5, "page_token": ""}),
    (
        "GET",
        "metrics/get-history-bulk-interval",
        {"run_ids": "{run}", "metric_key": "m", "start_step": 0, "end_step": 5, "max_results": 5},
    ),
    (
        "POST",
        "logged-models",
        {
            "experiment_id": "{experiment}",
            "name": "m",
            "model_type": "t",
            "source_run_id": "{run}",
            "params": [{"key": "a", "value": "b"}],
            "tags": [{"key": "a", "value": "b"}],
        },
    ),
    ("GET", "logged-models/{model}", {"allow_deleted": "true"}),
    ("PATCH", "logged-models/{model}", {"model_id": "{model}", "status": "LOGGED_MODEL_READY"}),
    ("DELETE", "logged-models/{model}", {}),
    ("PATCH", "logged-models/{model}/tags", {"tags": [{"key": "a", "value": "b"}]}),
    ("DELETE", "logged-models/{model}/tags/a", {}),
    ("POST", "logged-models/{model}/params", {"params": [{"key": "q", "value": "b"}]}),
    (
        "POST",
        "logged-models/search",
        {
            "experiment_ids": ["{experiment}"],
            "filter": "",
            "datasets": [{"dataset_name": "d", "dataset_digest": ""}],
            "max_results": 5,
            "order_by": [{"field_name": "name", "ascending": True, "dataset_name": "", "dataset_digest": ""}],
            "page_token": "",
        },
    ),
    ("GET", "artifacts/list", {"run_id": "{run}", "run_uuid": "", "path": "", "page_token": ""}),
]
WITH_BODY = [endpoint for endpoint in ENDPOINTS if endpoint[0] != "GET"]
WRITES = [endpoint for endpoint in WITH_BODY if not endpoint[1].endswith("search")]

WICKED = [
    None,
    True,
    0,
    -1,
    2**63,
    -(2**63) - 1,
    10**300,
    1.5,
    float("inf"),
    float("nan"),
    "",
    " ",
    "0",
    "-1",
    "abc",
    "1 OR 1=1",
    "' OR 1=1 --",
    "'; DROP TABLE runs_run; --",
    '"',
    "`",
    "\\",
    "%",
    "%s %(a)s {0}",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "<img src=x onerror=alert(1)>",
    "a\r\nSet-Cookie: a=b",
    "\x7f\x1b[31m",
    "9" * 25,
    "1e999",
    "x" * 300,
    "x" * 10_001,
    "🚀" * 300,
    "٣",
    "\u202eabc",
    "\ufffe\uffff",
    [],
    [[]],
    [None],
    [1],
    ["x"],
    {},
    {"a": 1},
    [{}],
    [{"key": None}],
    [{"key": "a", "value": {}}],
]


def named(value) -> str:
    """The verb and the path name a case."""
    return value if isinstance(value, str) else ""


@pytest.fixture
def world(db):
    """The ids that stand in ENDPOINTS."""
    experiment = make_experiment("mine", tags={"a": "b"})
    run = make_run(experiment, tags={"a": "b"}, params={"p": "1"}, metrics={"m": 1.0})
    model = make_logged_model(experiment, tags={"a": "b"})
    return {"{run}": run.run_id, "{experiment}": experiment.experiment_id, "{model}": model.model_id}


def filled(value, world):
    """With the ids of the world put in."""
    text = json.dumps(value)
    for mark, real in world.items():
        text = text.replace(mark, real)
    return json.loads(text)


def call(api, method, path, body):
    if method != "GET":
        return api.send(method, path, body)
    return api.get(path, {name: value for name, value in body.items() if value != [] and "None" not in str(value)})


def places(value, path=()):
    """The path to each member and item inside."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield (*path, name)
        yield from places(child, (*path, name))


def with_value(body, place, wicked):
    copy = json.loads(json.dumps(body))
    target = copy
    for name in place[:-1]:
        target = target[name]
    target[place[-1]] = wicked
    return copy


def is_told(response) -> bool:
    """Answered as asked, or refused in the protocol's words for a reason that lies with the client."""
    if response.status_code == 200:
        return response["Content-Type"] == "application/json" and isinstance(response.json(), dict)
    assert len(response.content) < 3000
    return refusal(response) in (INVALID, NOT_FOUND, BAD_REQUEST, (400, "RESOURCE_ALREADY_EXISTS"))


# --- Every endpoint ----------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS, ids=named)
def test_each_endpoint_takes_the_body_of_the_table(mlflow_api, world, method, path, body):
    response = call(mlflow_api, method, filled(path, world), filled(body, world))

    assert response.status_code == 200 or "restore" in path, response.content


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS, ids=named)
def test_no_value_of_any_field_is_more_than_a_bad_request(mlflow_api, world, method, path, body):
    path, body = filled(path, world), filled(body, world)

    for place in places(body):
        for wicked in WICKED:
            response = call(mlflow_api, method, path, with_value(body, place, wicked))
            assert is_told(response), (place, wicked, response.content)


@pytest.mark.parametrize(("method", "path", "body"), WITH_BODY, ids=named)
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"])
def test_text_no_database_can_hold_is_refused_in_every_field(mlflow_api, world, method, path, body, text):
    path, body = filled(path, world), filled(body, world)

    with nothing_written():
        for place in places(body or {"unknown": 1}):
            response = mlflow_api.send(method, path, with_value(body or {"unknown": 1}, place, text))
            assert refusal(response) == INVALID, place


BROKEN = [
    (b"{", BAD_REQUEST),
    (b'{"run_id": }', BAD_REQUEST),
    (b"\xff\xfe", BAD_REQUEST),
    (b'{"run_id": "\xff"}', BAD_REQUEST),
    (b"run_id=abc", BAD_REQUEST),
    (b"[]", INVALID),
    (b"null", INVALID),
    (b"5", INVALID),
    (b'"text"', BAD_REQUEST),
    (b'"[]"', INVALID),
    (b"[" * 100_000, INVALID),
    (b'{"a":' * 100_000, INVALID),
    (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", INVALID),
    (b'{"a": ' + b"9" * 10_000 + b"}", INVALID),
    (b'{"run_id": "a", "run_id": "b"}', INVALID),
    (b'{"unknown": {"a": 1, "a": 1}}', INVALID),
]


@pytest.mark.parametrize(("method", "path", "body"), WITH_BODY, ids=named)
def test_a_body_that_is_no_object_is_refused_at_once(mlflow_api, world, method, path, body):
    path = filled(path, world)

    with nothing_written():
        for broken, expected in BROKEN:
            began = time.monotonic()
            assert refusal(mlflow_api.send(method, path, broken)) == expected, broken[:40]
            assert time.monotonic() - began < 1


@pytest.mark.parametrize("field", ["run_id", "experiment_id", "experiment_ids", "max_results", "run_name", "new_name"])
def test_two_spellings_of_one_field_are_refused(mlflow_api, world, field):
    head, *tail = field.split("_")
    camel = head + "".join(map(str.capitalize, tail))

    with nothing_written():
        for method, path, body in WITH_BODY:
            if field in body:
                body = filled(body, world)
                response = mlflow_api.send(method, filled(path, world), {**body, camel: body[field]})
                assert refusal(response) == INVALID, path


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "<script>"]
)
def test_posts_of_another_type_are_refused_before_anything_else(mlflow_api, world, content_type):
    with nothing_written():
        for method, path, body in WITH_BODY:
            if method == "POST":
                response = mlflow_api.send(
                    method, filled(path, world), json.dumps(filled(body, world)), content_type=content_type
                )
                assert refusal(response) == INVALID, path
                assert message(response).startswith("Bad Request. Content-Type")
                assert "<script>" not in message(response)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "evil.example"}, BAD_REQUEST),
        ({"host": "localhost.evil.example"}, BAD_REQUEST),
        ({"origin": "http://evil.example"}, FORBIDDEN),
        ({"origin": "null"}, FORBIDDEN),
        ({"origin": "http://evil.example", "authorization": "Basic YTpi"}, FORBIDDEN),
        ({"sec_fetch_site": "cross-site"}, FORBIDDEN),
        ({"content_encoding": "gzip"}, BAD_ENCODING),
    ],
)
def test_foreign_and_compressed_writes_change_nothing(mlflow_api, world, headers, expected):
    with nothing_written():
        for method, path, body in WRITES:
            response = mlflow_api.send(method, filled(path, world), filled(body, world), **headers)
            assert refusal(response) == expected, path


def test_reading_verbs_change_nothing(mlflow_api, world):
    with nothing_written():
        for method, path, body in WRITES:
            if method == "POST":
                response = mlflow_api.send("GET", filled(path, world), filled(body, world))
                assert refusal(response) == WRONG_METHOD, path


@pytest.mark.parametrize(("method", "path", "body"), WITH_BODY, ids=named)
def test_a_body_announced_as_too_large_is_refused_unread(mlflow_api, world, method, path, body):
    with nothing_written():
        response = mlflow_api.http.generic(
            method,
            mlflow_api.url(filled(path, world)),
            b"{}",
            content_type="application/json",
            CONTENT_LENGTH=str(10 * GIB),
        )

    assert refusal(response) == TOO_LARGE
    assert "Retry-After" not in response


def test_a_query_of_too_many_fields_is_refused(mlflow_api, world):
    query = {f"field{number}": "x" for number in range(1500)}

    assert refusal(mlflow_api.get("runs/get", {**query, "run_id": "x"}))[0] == 400


# --- Row by row --------------------------------------------------------------------------------


NO_IDS = ["1 OR 1=1", "-1", "9" * 25, "x" * 300, "../x", "%00", "'", "a\nb", "٣", "０", "1.0", " 1", "1e2", "9" * 18]


def endpoints_with(field):
    return pytest.mark.parametrize(
        ("method", "path", "body"), [endpoint for endpoint in ENDPOINTS if field in endpoint[2]], ids=named
    )


@endpoints_with("run_id")
def test_an_id_of_no_run_is_told(mlflow_api, world, method, path, body):
    for run_id in NO_IDS:
        response = call(mlflow_api, method, path, {**filled(body, world), "run_id": run_id})

        if path == "metrics/get-history":
            assert ok(response) == {}
        else:
            assert refusal(response) in (INVALID, NOT_FOUND), run_id


@endpoints_with("experiment_id")
def test_an_id_of_no_experiment_is_told(mlflow_api, world, method, path, body):
    for experiment_id in NO_IDS:
        response = call(mlflow_api, method, path, {**filled(body, world), "experiment_id": experiment_id})

        assert refusal(response) in (INVALID, NOT_FOUND), experiment_id


BAD_KEYS = [
    "../x",
    "/x",
    "a//b",
    ".",
    "..",
    "./x",
    "x/",
    "a/../b",
    "a/.",
    "x" * 251,
    "a\tb",
    "a\nb",
    "a*",
    "a'b",
    "a;b",
    "<b>",
    "a,b",
    "a=b",
    "🚀",
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_is_no_name_is_refused_everywhere(mlflow_api, world, key):
    run = {"run_id": world["{run}"]}
    experiment = {"experiment_id": world["{experiment}"]}
    pair = {"key": key, "value": "1"}
    point = {"key": key, "value": 1, "timestamp": 1}

    with nothing_written():
        for path, body in [
            ("runs/log-metric", {**run, **point}),
            ("runs/log-parameter", {**run, **pair}),
            ("runs/set-tag", {**run, **pair}),
            ("runs/log-batch", {**run, "metrics": [point]}),
            ("runs/log-batch", {**run, "params": [pair]}),
            ("runs/log-batch", {**run, "tags": [pair]}),
            ("runs/create", {"tags": [pair]}),
            ("experiments/create", {"name": "new", "tags": [pair]}),
            ("experiments/set-experiment-tag", {**experiment, **pair}),
        ]:
            response = mlflow_api.post(path, body)
            assert refusal(response) == INVALID, path
            assert "Names may" in message(response) or "exceeds the maximum length of 250 characters" in message(
                response
            )


@pytest.mark.parametrize(
    "location",
    [
        "http:///#/../../../../etc/",
        "http:///?/../../../etc",
        "http://169.254.169.254/latest",
        "https://example.com/x",
        "ftp://example.com/x",
        "file:///etc",
        "FILE:///etc",
        "/etc",
        "//etc",
        "etc",
        "s3://b/../../x",
        "s3://b/x",
        "runs:/R/x",
        "models:/m/1",
        "mlflow-artifacts:/../x",
        "mlflow-artifacts:/a/%2e%2e/b",
        "mlflow-artifacts:/a/%252e%252e/b",
        "mlflow-artifacts:/a#b",
        "mlflow-artifacts:/a;b",
        "mlflow-artifacts:/a?b=..",
        "mlflow-artifacts://host/a",
        "mlflow-artifacts:/a b",
        "mlflow-artifacts:/a\nb",
        "mlflow-artifacts:/" + "x" * 2031,
        "x" * 2049,
        "javascript:alert(1)",
        "C:\\Windows",
        "\\\\host\\share",
    ],
)
def test_a_location_outside_the_store_is_refused(mlflow_api, location):
    with nothing_written():
        response = mlflow_api.post("experiments/create", {"name": "new", "artifact_location": location})

    assert refusal(response) == INVALID
    assert len(message(response)) < 600


def test_an_update_reaches_its_documented_fields_alone(mlflow_api, world):
    experiment = {"experiment_id": world["{experiment}"]}
    before = ok(mlflow_api.get("experiments/get", experiment))["experiment"]
    extra = {
        "artifact_location": "file:///etc",
        "lifecycle_stage": "deleted",
        "creation_time": 1,
        "last_update_time": 1,
        "tags": [{"key": "x", "value": "y"}],
        "name": "other",
    }

    ok(mlflow_api.post("experiments/update", {**experiment, **extra, "new_name": "renamed"}))

    after = ok(mlflow_api.get("experiments/get", experiment))["experiment"]
    assert {**after, "last_update_time": 0} == {**before, "name": "renamed", "last_update_time": 0}
    assert after["last_update_time"] >= before["last_update_time"]


@pytest.mark.parametrize(
    "text",
    ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "a\r\nb", "=cmd()", "javascript:alert(1)"],
)
def test_markup_is_text(mlflow_api, text):
    run = ok(mlflow_api.post("runs/create", {"run_name": text, "tags": [{"key": "t", "value": text}]}))["run"]
    run_id = run["info"]["run_id"]
    ok(mlflow_api.post("runs/log-parameter", {"run_id": run_id, "key": "p", "value": text}))

    stored = ok(mlflow_api.get("runs/get", {"run_id": run_id}))["run"]

    assert stored["info"]["run_name"] == stored["data"]["params"][0]["value"] == text


@pytest.mark.parametrize("field", ["max_results", "page_token", "filter", "order_by"])
@pytest.mark.parametrize("path", ["runs/search", "experiments/search", "logged-models/search"])
def test_a_search_that_means_nothing_is_refused(mlflow_api, world, path, field):
    wicked = {
        "max_results": [-1, 50_001, "abc", 1.5, True, 2**63],
        "page_token": ["x", "eyJvZmZzZXQiOiAxfQ==", "'", "a:b"],
        "filter": [
            "name = 'a",
            "name = ",
            "= 'a'",
            "nobody.x = 'a'",
            "' OR 1=1 --",
            "name = 'a'; DROP TABLE x",
            "(",
        ],
        "order_by": [["x; DROP TABLE runs_run"], ["nobody.x"], ["name sideways"], [""], [5]],
    }[field]
    if (path, field) == ("logged-models/search", "order_by"):
        wicked = [[{"field_name": name}] for name in ("x; DROP TABLE runs_run", "nobody.x", "params.a")] + [["name"]]

    for value in wicked:
        response = mlflow_api.post(path, {"experiment_ids": [world["{experiment}"]], field: value})
        assert refusal(response) == INVALID, (value, response.content)
