import json

import pytest

from runs.api import ndjson, recording
from runs.models import Run
from tests.runs.api.helpers import refused
from trackui.errors import RequestLimitExceeded


def send(api, *lines: object, content_type: str = "application/x-ndjson"):
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return api.send("POST", "runs/bulk/", body, content_type=content_type)


def test_each_line_has_its_own_outcome(api):
    response = send(api, {"name": "a"}, b"", {"name": "b", "metrics": {"loss": None}}, b"{oops", {"name": "c"})

    answer = response.json()
    assert response.status_code == 200
    assert (answer["recorded"], answer["refused"], answer["stopped"]) == (2, 2, None)
    assert [(row["line"], row.get("error_code")) for row in answer["results"]] == [
        (1, None),
        (3, "INVALID_PARAMETER_VALUE"),
        (4, "BAD_REQUEST"),
        (5, None),
    ]
    assert "metrics.loss" in answer["results"][1]["message"]
    assert set(Run.objects.values_list("name", flat=True)) == {"a", "c"}
    assert {row["run_id"] for row in answer["results"] if "run_id" in row} == set(
        Run.objects.values_list("run_id", flat=True)
    )


def test_when_no_line_is_good_the_request_is_refused(api):
    response = send(api, {"name": 1}, {"name": 2})

    assert "name" in refused(response, 400, "INVALID_PARAMETER_VALUE")
    assert [row["line"] for row in response.json()["results"]] == [1, 2]


def test_an_empty_body_is_refused(api):
    refused(send(api, b""), 400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_the_body_must_say_that_it_is_ndjson(api, content_type):
    refused(send(api, {}, content_type=content_type), 400, "INVALID_PARAMETER_VALUE")
    assert not Run.objects.exists()


def test_a_line_too_long_stops_there(api):
    response = send(api, {"name": "a"}, {"note": "x" * ndjson.MAX_LINE}, {"name": "b"})

    assert response.status_code == 200
    assert response.json()["stopped"]["line"] == 2
    assert [run.name for run in Run.objects.all()] == ["a"]


def test_a_first_line_too_long_is_413(api):
    refused(send(api, {"note": "x" * ndjson.MAX_LINE}), 413, "INVALID_PARAMETER_VALUE")


def test_lines_past_the_limit_are_left_for_the_next_request(api, monkeypatch):
    monkeypatch.setattr(recording, "MAX_LINES", 2)

    answer = send(api, {"name": "a"}, {"name": "b"}, {"name": "c"}).json()

    assert answer["recorded"] == 2
    assert answer["stopped"]["line"] == 3


def test_a_busy_server_stops_with_what_it_has(api, monkeypatch):
    record_run = recording.record_run

    def busy_on_b(recorded, *, user):
        if recorded.name == "b":
            raise RequestLimitExceeded("Busy.")
        return record_run(recorded, user=user)

    monkeypatch.setattr(recording, "record_run", busy_on_b)

    answer = send(api, {"name": "a"}, {"name": "b"}, {"name": "c"}).json()

    assert answer["recorded"] == 1
    assert (answer["stopped"]["line"], answer["stopped"]["error_code"]) == (2, "REQUEST_LIMIT_EXCEEDED")
    response = send(api, {"name": "b"})
    refused(response, 429, "REQUEST_LIMIT_EXCEEDED")
    assert int(response["Retry-After"]) >= 1


def test_after_too_long_the_rest_is_left(api, monkeypatch):
    monkeypatch.setattr(recording, "SECONDS", -1)

    response = send(api, {"name": "a"})

    refused(response, 503, "TEMPORARILY_UNAVAILABLE")
    assert not Run.objects.exists()
