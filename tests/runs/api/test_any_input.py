"""Whatever comes in, the answer is no fault of the server."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.api.record_serializers import RecordSerializer
from tests.runs.api.helpers import record

FIELDS = sorted(RecordSerializer().fields)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=12)
    | st.sampled_from(["NaN", "Infinity", "RUNNING", "2026-01-16", "a/b", "../x", "mlflow.runName", "\0", "\ud800"])
)
VALUES = st.recursive(
    SCALARS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=6), children, max_size=4),
    max_leaves=12,
)
POINTS = st.lists(st.tuples(SCALARS, SCALARS) | st.tuples(SCALARS, SCALARS, SCALARS), max_size=4).map(
    lambda points: [list(point) for point in points]
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=6) | st.fixed_dictionaries(
    {}, optional={"metrics": st.dictionaries(st.text(max_size=4), POINTS | SCALARS, max_size=3), "params": VALUES}
)
QUERIES = st.dictionaries(
    st.sampled_from(
        "q order_by page_size cursor format columns key status user_id name experiment_id lifecycle_stage "
        "started_after created_after".split()
    ),
    st.text(st.characters(codec="utf-8"), max_size=12)
    | st.sampled_from(["metrics.loss < 1", "metrics.loss.max DESC", "csv", "1", "0", "name,metrics.loss", "9" * 30])
    | st.integers(-(2**70), 2**70).map(str),
    max_size=4,
)
modestly = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@modestly
@given(body=BODIES)
def test_any_body_is_stored_or_refused(api, body):
    response = api.post("runs/", body)

    assert response.status_code in (201, 400, 404), response.content
    if response.status_code == 201:
        shown = api.get(f"runs/{response.json()['run_id']}/")
        json.loads(shown.content, parse_constant=no_constant)


@modestly
@given(body=BODIES)
def test_any_change_is_made_or_refused(api, body):
    run_id = record(api, metrics={"loss": 1})

    assert api.patch(f"runs/{run_id}/", body).status_code in (200, 400)
    assert api.patch("experiments/0/", body).status_code in (200, 400)
    assert api.post(f"runs/{run_id}/append/", body).status_code in (204, 400)


@modestly
@given(query=QUERIES)
def test_any_query_is_answered_or_refused(api, query):
    run_id = record(api, metrics={"loss": 1})

    for path in ("runs/", "experiments/", f"runs/{run_id}/history/"):
        response = api.get(path, query)
        assert response.status_code in (200, 400)
        if response.streaming:
            assert b"".join(response.streaming_content)


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
