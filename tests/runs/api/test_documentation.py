"""docs/api.md says what the API does."""

import json
import re
from pathlib import Path

import pytest

from runs.api.filters import ExperimentFacets, RunFacets
from runs.api.record_serializers import RecordSerializer
from runs.queries.run_summaries import MetricNumbers
from tests.runs.api.helpers import record

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()
CALL = re.compile(
    r"curl(?: -X (\w+))? \"?http://127\.0\.0\.1:5000(/api/v1/[^\s\"]*)\"?(?: -H [^\n]*? -d '(\{.*?\})')?", re.DOTALL
)
CALLS = CALL.findall(TEXT)


@pytest.mark.parametrize(("method", "address", "body"), CALLS, ids=[f"{m} {a}" for m, a, _ in CALLS])
def test_each_call_is_understood(api, method, address, body):
    run_id = record(api, metrics={"val_loss": 1})
    address = address.replace("$RUN_ID", run_id)
    if address.endswith("/restore/"):
        api.delete(f"runs/{run_id}/")

    if address.endswith("/bulk/"):
        response = api.send("POST", address, b"{}", content_type="application/x-ndjson")
    elif body:
        response = api.send(method or "POST", address, json.dumps(json.loads(body)))
    else:
        response = api.http.generic(method or "GET", address)

    assert response.status_code in (200, 201, 204), getattr(response, "content", "")


def test_there_are_calls_to_test():
    assert len(CALLS) >= 13


def test_it_names_every_parameter_and_field():
    names = {
        *RunFacets.base_filters,
        *ExperimentFacets.base_filters,
        *RecordSerializer().fields,
        *MetricNumbers._fields,
    }

    assert [name for name in sorted(names) if f"`{name}`" not in TEXT and f'"{name}"' not in TEXT] == []
