"""runs/search at the door: the filter language itself is tested in tests/runs/search."""

import pytest

from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import INVALID, message, ok, refusal, stored_run


def search(api, *experiments, **body):
    return api.post("runs/search", {"experiment_ids": [e.experiment_id for e in experiments], **body})


def names(response):
    return [run["info"]["run_name"] for run in ok(response)["runs"]]


@pytest.fixture
def experiment(db):
    return make_experiment()


@pytest.fixture
def three_runs(experiment):
    """Named by their order: c started last."""
    return [make_run(experiment, name=name, start_time=time) for time, name in enumerate("abc", start=1)]


def test_found_runs_are_told_like_single_ones(mlflow_api, experiment):
    run = make_run(experiment, params={"p": "1"}, tags={"t": "2"}, metrics={"m": 0.5}, status="FINISHED", end_time=9)

    (found,) = ok(search(mlflow_api, experiment))["runs"]

    assert found == stored_run(mlflow_api, run.run_id)
    assert found["data"]["metrics"] == [{"key": "m", "value": 0.5, "timestamp": 1000, "step": 0}]


def test_the_newest_run_comes_first(mlflow_api, experiment, three_runs):
    assert names(search(mlflow_api, experiment)) == ["c", "b", "a"]


def test_only_the_named_experiments_are_searched(mlflow_api, experiment, three_runs):
    other = make_experiment()
    make_run(other, name="other", start_time=9)

    assert names(search(mlflow_api, other, experiment)) == ["other", "c", "b", "a"]
    assert names(search(mlflow_api, other)) == ["other"]


@pytest.mark.parametrize("body", [{}, {"experiment_ids": []}, {"experiment_ids": None}, {"experiment_ids": ["987654"]}])
def test_without_experiments_nothing_is_found(mlflow_api, three_runs, body):
    answer = ok(mlflow_api.post("runs/search", body))

    assert not answer.get("runs") and "next_page_token" not in answer


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (None, ["active"]),
        ("ACTIVE_ONLY", ["active"]),
        (1, ["active"]),
        ("DELETED_ONLY", ["deleted"]),
        (2, ["deleted"]),
        ("ALL", ["active", "deleted"]),
        ("3", ["active", "deleted"]),
    ],
)
def test_deleted_runs_are_seen_by_those_who_ask(mlflow_api, experiment, view, expected):
    make_run(experiment, name="active")
    make_run(experiment, name="deleted", lifecycle_stage="deleted")

    assert sorted(names(search(mlflow_api, experiment, run_view_type=view))) == expected


def test_filter_and_order_are_taken(mlflow_api, experiment):
    for name, acc in [("low", 0.1), ("high", 0.9), ("mid", 0.5), ("none", None)]:
        make_run(experiment, name=name, metrics={"acc": acc} if acc is not None else {})

    assert names(search(mlflow_api, experiment, filter="metrics.acc > 0.2", order_by=["metrics.acc DESC"])) == [
        "high",
        "mid",
    ]
    assert names(search(mlflow_api, experiment, order_by=["metrics.acc"])) == ["low", "mid", "high", "none"]


def pages(api, experiment, size, **body):
    """All pages, by their tokens."""
    token, found = "", []
    while True:
        answer = ok(search(api, experiment, max_results=size, page_token=token, **body))
        found.append([run["info"]["run_name"] for run in answer.get("runs", [])])
        token = answer.get("next_page_token")
        if not token:
            return found


@pytest.mark.parametrize(
    ("size", "expected"),
    [(1, [["c"], ["b"], ["a"]]), (2, [["c", "b"], ["a"]]), (3, [["c", "b", "a"]]), (9, [["c", "b", "a"]])],
)
def test_pages_are_followed_and_the_last_has_no_token(mlflow_api, experiment, three_runs, size, expected):
    assert pages(mlflow_api, experiment, size) == expected


@pytest.mark.parametrize(
    "order", ["metrics.m", "metrics.m DESC", "params.p", "end_time DESC", "status", "run_name DESC"]
)
def test_pages_of_any_order_hold_every_run_once(mlflow_api, experiment, order):
    values = [1.0, float("inf"), float("-inf"), 1.0, 0.0, None]
    for number, value in enumerate(values):
        run = make_run(
            experiment, name=str(number), params={"p": str(value)} if number % 2 else {}, start_time=number // 2
        )
        if value is not None:
            point = {"key": "m", "value": str(value).replace("inf", "Infinity"), "timestamp": 1}
            ok(mlflow_api.post("runs/log-metric", {"run_id": run.run_id, **point}))
    nan = make_run(experiment, name="nan", end_time=5)
    ok(mlflow_api.post("runs/log-metric", {"run_id": nan.run_id, "key": "m", "value": "NaN", "timestamp": 1}))

    by_one = [name for page in pages(mlflow_api, experiment, 1, order_by=[order]) for name in page]

    assert sorted(by_one) == sorted([*map(str, range(6)), "nan"])
    assert by_one == names(search(mlflow_api, experiment, order_by=[order]))


def test_a_token_works_with_another_page_size(mlflow_api, experiment, three_runs):
    token = ok(search(mlflow_api, experiment, max_results=1))["next_page_token"]

    assert names(search(mlflow_api, experiment, max_results=5, page_token=token)) == ["b", "a"]


def test_runs_that_come_while_paging_shift_nothing(mlflow_api, experiment, three_runs):
    token = ok(search(mlflow_api, experiment, max_results=2))["next_page_token"]
    make_run(experiment, name="new", start_time=99)

    assert names(search(mlflow_api, experiment, max_results=2, page_token=token)) == ["a"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"max_results": 0}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"),
        ({"max_results": -1}, "It must be a positive integer"),
        ({"max_results": 50_001}, "It must be at most 50000"),
        ({"max_results": "abc"}, "Hint: Value was of type 'str'."),
        ({"run_view_type": "EVERYTHING"}, "parameter 'run_view_type'"),
        ({"experiment_ids": ["abc"]}, "Invalid experiment ID 'abc'"),
        ({"experiment_ids": ["1 OR 1=1"]}, "Invalid experiment ID"),
        (
            {"experiment_ids": [0]},
            "Invalid value 0 for parameter 'experiment_ids[0]' supplied: Hint: Value was of type",
        ),
        ({"experiment_ids": "0"}, "Invalid value \"0\" for parameter 'experiment_ids' supplied: Hint"),
        ({"experiment_ids": ["0"] * 50_001}, "at most 50000 experiments"),
        ({"filter": "metrics.acc >"}, "Invalid"),
        ({"filter": " "}, ""),
        ({"filter": "params.a = 'x"}, ""),
        ({"filter": "x" * 10_001}, ""),
        ({"filter": " AND ".join(["metrics.a > 1"] * 101)}, ""),
        ({"filter": 5}, "Hint: Value was of type 'int'."),
        ({"order_by": ["metrics.x; DROP TABLE"]}, "Invalid order_by clause"),
        ({"order_by": "metrics.x"}, "Hint: Value was of type 'str'."),
        ({"order_by": [f"metrics.m{number}" for number in range(21)]}, ""),
        ({"order_by": ["start_time", "start_time DESC"]}, "`order_by` contains duplicate fields"),
        ({"page_token": "made up"}, "Invalid page token"),
    ],
)
def test_a_bad_search_is_refused(mlflow_api, experiment, body, text):
    response = mlflow_api.post("runs/search", {"experiment_ids": ["0"], **body})

    assert refusal(response) == INVALID
    assert text in message(response)


def test_a_bad_search_of_nothing_is_refused_too(mlflow_api):
    assert refusal(mlflow_api.post("runs/search", {"filter": "metrics.a >"})) == INVALID


@pytest.mark.parametrize("count", [2, 12])
def test_statements_do_not_grow_with_the_runs(mlflow_api, experiment, count, django_assert_max_num_queries):
    for number in range(count):
        run = make_run(experiment, params={"p": "1"}, tags={"t": "2"}, metrics={"m": number, "n": 1})
        body = {"datasets": [{"dataset": {"name": "d", "digest": "1"}}], "models": [{"model_id": "m-1"}]}
        ok(mlflow_api.post("runs/log-inputs", {"run_id": run.run_id, **body}))

    with django_assert_max_num_queries(15):
        assert len(ok(search(mlflow_api, experiment, filter="metrics.n = 1", order_by=["metrics.m"]))["runs"]) == count
