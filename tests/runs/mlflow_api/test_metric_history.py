import json
import math
import sys

import pytest

from tests.clients import MLFLOW_PREFIXES

pytestmark = pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)
MAX = sys.float_info.max


def new_run(mlflow_api) -> str:
    return mlflow_api.post("runs/create", {"experiment_id": "0"}).json()["run"]["info"]["run_id"]


def log(mlflow_api, run_id, *points, key="loss"):
    metrics = [{"key": key, "value": v, "timestamp": t, "step": s} for s, t, v in points]
    assert mlflow_api.post("runs/log-batch", {"run_id": run_id, "metrics": metrics}).status_code == 200


def history(mlflow_api, run_id, **query):
    return mlflow_api.get("metrics/get-history", {"run_id": run_id, "metric_key": "loss"} | query)


def interval(mlflow_api, run_ids, **query):
    query = {"run_ids": run_ids, "metric_key": "loss"} | query
    return mlflow_api.get("metrics/get-history-bulk-interval", query)


def bulk(mlflow_api, **query):
    return mlflow_api.get("/ajax-api/2.0/mlflow/metrics/get-history-bulk", query)


def steps(response):
    return [metric["step"] for metric in response.json().get("metrics", [])]


def test_points_ascend_by_timestamp_step_and_value(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, (2, 30, 1.0), (1, 10, 5.0), (3, 10, 4.0), (1, 10, 2.0))

    metrics = history(mlflow_api, run_id).json()["metrics"]

    assert [(m["timestamp"], m["step"], m["value"]) for m in metrics] == [
        (10, 1, 2.0), (10, 1, 5.0), (10, 3, 4.0), (30, 2, 1.0),
    ]  # fmt: skip
    assert metrics[0] == {"key": "loss", "value": 2.0, "timestamp": 10, "step": 1}


def test_nan_is_text_and_infinities_are_the_largest_doubles(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, (0, 1, "NaN"), (1, 2, "Infinity"), (2, 3, "-Infinity"))

    metrics = history(mlflow_api, run_id).json()["metrics"]

    assert [m["value"] for m in metrics] == ["NaN", MAX, -MAX]


def test_pages_follow_the_token_and_the_last_has_none(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, *((s, s, float(s)) for s in range(6)))

    first = history(mlflow_api, run_id, max_results=4).json()
    last = history(mlflow_api, run_id, max_results=2, page_token=first["next_page_token"]).json()

    assert [m["step"] for m in first["metrics"]] == [0, 1, 2, 3]
    assert [m["step"] for m in last["metrics"]] == [4, 5]
    assert "next_page_token" not in last


def test_a_history_without_a_page_size_comes_whole_however_long(mlflow_api, monkeypatch):
    monkeypatch.setattr("runs.mlflow_api.metric_texts.POINTS_A_TEXT", 3)
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, *((s, s, "NaN" if s == 7 else float(s)) for s in range(100)))

    whole = json.loads(history(mlflow_api, run_id).getvalue())
    pages = [json.loads(history(mlflow_api, run_id, max_results=size).getvalue()) for size in (1, 2, 3, 4, 6, 99, 100)]

    assert [m["step"] for m in whole["metrics"]] == list(range(100))
    assert [len(page["metrics"]) for page in pages] == [1, 2, 3, 4, 6, 99, 100]
    assert [page.get("next_page_token") is not None for page in pages] == [True] * 6 + [False]


def test_a_token_of_another_metric_or_a_made_up_one_is_refused(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, (0, 0, 1.0), (1, 1, 1.0))
    token = history(mlflow_api, run_id, max_results=1).json()["next_page_token"]

    for query in ({"page_token": "eyJvZmZzZXQiOiAxfQ=="}, {"page_token": token, "metric_key": "other"}):
        response = history(mlflow_api, run_id, max_results=1, **query)
        assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        assert response.json()["message"].startswith("Invalid page token")


@pytest.mark.parametrize("max_results", ["0", "-1", "abc", "25001"])
def test_a_page_size_out_of_bounds_is_refused(mlflow_api, max_results):
    response = history(mlflow_api, new_run(mlflow_api), max_results=max_results)

    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_an_unknown_run_or_key_has_no_points(mlflow_api):
    run_id = new_run(mlflow_api)

    assert history(mlflow_api, run_id).json() == {}
    assert history(mlflow_api, "0" * 32).json() == {}


def test_run_uuid_stands_for_run_id_and_one_of_them_is_required(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, (0, 0, 1.0))

    found = mlflow_api.get("metrics/get-history", {"run_uuid": run_id, "metric_key": "loss"})
    missing = mlflow_api.get("metrics/get-history", {"metric_key": "loss"})

    assert steps(found) == [0]
    assert missing.json()["message"].startswith("Missing value for required parameter 'run_id'.")


def test_bulk_answers_runs_in_order_of_their_ids_up_to_the_limit(mlflow_api):
    runs = sorted(new_run(mlflow_api) for _ in range(3))
    for run_id in reversed(runs):
        log(mlflow_api, run_id, (0, 5, 1.0), (1, 3, 2.0))

    whole = bulk(mlflow_api, run_id=runs, metric_key="loss").json()["metrics"]
    cut = bulk(mlflow_api, run_id=runs, metric_key="loss", max_results=3).json()["metrics"]

    assert [(m["run_id"], m["timestamp"]) for m in whole] == [(r, t) for r in runs for t in (3, 5)]
    assert cut == whole[:3]
    assert whole[0] == {"key": "loss", "value": 2.0, "timestamp": 3, "step": 1, "run_id": runs[0]}


def test_bulk_says_what_it_lacks(mlflow_api):
    many = [f"{number:032x}" for number in range(101)]

    def message(**query):
        response = bulk(mlflow_api, **query)
        assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"
        return response.json()["message"]

    assert message(metric_key="a") == "GetMetricHistoryBulk request must specify at least one run_id."
    assert message(run_id=many[:1]) == "GetMetricHistoryBulk request must specify a metric_key."
    assert message(run_id=many, metric_key="a") == (
        "GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids."
    )


def test_interval_takes_steps_at_even_positions_and_the_last(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, *((s, s, 1.0) for s in range(10)))

    assert steps(interval(mlflow_api, [run_id], max_results=5)) == [0, 2, 4, 6, 8, 9]
    assert steps(interval(mlflow_api, [run_id], max_results=10)) == list(range(10))
    assert steps(interval(mlflow_api, [run_id], start_step=2, end_step=5)) == [2, 3, 4, 5]


def test_interval_counts_distinct_steps_where_they_have_holes(mlflow_api):
    run_id, other = new_run(mlflow_api), new_run(mlflow_api)
    log(mlflow_api, run_id, *((s * 10, s, 1.0) for s in range(10)))
    log(mlflow_api, other, (35, 1, 2.0))

    response = interval(mlflow_api, [run_id, other], max_results=4)

    # Eleven steps: 0 … 90 by ten and 35. Positions 0, 2, 5, 8 and the last, and the other run's only step.
    by_run = {r: [m["step"] for m in response.json()["metrics"] if m["run_id"] == r] for r in (run_id, other)}
    assert by_run == {run_id: [0, 20, 40, 70, 90], other: [35]}


def test_interval_takes_every_point_of_a_step_of_every_run_in_order(mlflow_api):
    runs = sorted(new_run(mlflow_api) for _ in range(2))
    for run_id in runs:
        log(mlflow_api, run_id, (0, 9, 3.0), (0, 2, "NaN"), (-5, 1, 1.0))

    metrics = interval(mlflow_api, runs).json()["metrics"]

    # Steps before 0 are asked for by name.
    assert [(m["run_id"], m["step"], m["timestamp"], m["value"]) for m in metrics] == [
        (run_id, *point) for run_id in runs for point in ((0, 2, "NaN"), (0, 9, 3.0))
    ]
    assert steps(interval(mlflow_api, runs[:1], start_step=-5, end_step=-1)) == [-5]


def test_interval_of_steps_far_apart_needs_no_room_between_them(mlflow_api):
    run_id = new_run(mlflow_api)
    log(mlflow_api, run_id, (0, 0, 1.0), (2**62, 1, 2.0))

    assert steps(interval(mlflow_api, [run_id])) == [0, 2**62]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"start_step": 4, "end_step": 1},
            "end_step must be greater than start_step. Found start_step=4 and end_step=1.",
        ),
        ({"start_step": 4}, "If either start step or end step are specified, both must be specified."),
        ({"end_step": 4}, "If either start step or end step are specified, both must be specified."),
        ({"max_results": 0}, "max_results must be between 1 and 2500"),
        ({"max_results": 2501}, "max_results must be between 1 and 2500"),
        ({"metric_key": ""}, "Missing value for required parameter 'metric_key'."),
        ({"run_ids": []}, "Missing value for required parameter 'run_ids'."),
        ({"run_ids": ["a"] * 101}, "request must specify at most 100 run_ids. Received 101 run_ids."),
    ],
)
def test_interval_says_what_is_wrong(mlflow_api, query, message):
    response = interval(mlflow_api, **{"run_ids": ["0" * 32]} | query)

    assert response.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert message in response.json()["message"]


def test_statements_do_not_grow_with_runs(mlflow_api, django_assert_max_num_queries):
    runs = [new_run(mlflow_api) for _ in range(12)]
    for run_id in runs:
        log(mlflow_api, run_id, *((s, s, math.sin(s)) for s in range(20)))

    # The runs, the key, then what `runs.metrics` needs: summaries for two of them, rows, heads, blocks.
    with django_assert_max_num_queries(6):
        interval(mlflow_api, runs, max_results=5)
    with django_assert_max_num_queries(6):
        bulk(mlflow_api, run_id=runs, metric_key="loss")
    with django_assert_max_num_queries(5):
        history(mlflow_api, runs[0], max_results=5)
