"""docs/api.md says what the API does."""

import json
import re
from pathlib import Path

import pytest
from django.db.models import F

from registry.api.filters import AllEventFacets, ModelFacets, VersionFacets
from registry.api.serializers import PromotionSerializer
from registry.models import ModelEvent
from registry.services.aliases import set_alias
from runs.api.filters import ExperimentFacets, RunFacets
from runs.api.record_serializers import RecordSerializer
from runs.queries.run_summaries import MetricNumbers
from tests.factories import make_model_version, make_registered_model
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
    model_with_a_past()
    if address.endswith("/restore/"):
        api.delete(f"runs/{run_id}/")

    if address.endswith("/bulk/"):
        response = api.send("POST", address, b"{}", content_type="application/x-ndjson")
    elif body:
        response = api.send(method or "POST", address, json.dumps(json.loads(body)))
    else:
        response = api.http.generic(method or "GET", address)

    assert response.status_code in (200, 201, 204), getattr(response, "content", "")


def model_with_a_past() -> None:
    """`churn`, with two versions that have been there for a minute."""
    model = make_registered_model("churn")
    for _ in range(2):
        make_model_version(model)
    set_alias("churn", "champion", 1, user=None)
    ModelEvent.objects.update(time=F("time") - 60_000)


def test_there_are_calls_to_test():
    assert len(CALLS) >= 30


def test_it_names_every_parameter_and_field():
    names = {
        *RunFacets.base_filters,
        *ExperimentFacets.base_filters,
        *RecordSerializer().fields,
        *MetricNumbers._fields,
        *ModelFacets.base_filters,
        *VersionFacets.base_filters,
        *AllEventFacets.base_filters,
        *PromotionSerializer().fields,
    }

    assert [name for name in sorted(names) if f"`{name}`" not in TEXT and f'"{name}"' not in TEXT] == []
