import pytest

from tests.runs.api.helpers import all_pages, names, record, refused

ORDERS = [
    "start_time",
    "start_time DESC",
    "end_time",
    "end_time DESC",
    "duration DESC",
    "status",
    "run_name",
    "metrics.loss",
    "metrics.loss DESC",
    "metrics.loss.max DESC",
    "metrics.loss.min",
    "metrics.loss.mean",
    "params.lr",
    "params.lr DESC",
    "params.optimizer",
    "tags.team DESC",
    "metrics.nobody",
]


@pytest.fixture
def runs(api):
    """Nine runs with gaps: some lack the metric, one has only NaN, two lack the param, one goes on."""
    losses = [0.5, 0.1, "NaN", None, 0.3, "Infinity", 0.1, None, "-Infinity"]
    rates = ["0.1", "0.01", "fast", None, "1e-5", "0.1", None, "2", "10"]
    for index, (loss, rate) in enumerate(zip(losses, rates, strict=True)):
        record(
            api,
            name=f"run-{index}",
            status="RUNNING" if index == 4 else "FAILED" if index % 3 else "FINISHED",
            user_id="ada" if index % 2 else "bob",
            start_time=1000 * (index // 2),
            **({} if index == 4 else {"end_time": 10_000 - index}),
            metrics={} if loss is None else {"loss": [[0, 1 if loss == 0.1 else loss], [1, loss]]},
            params={} if rate is None else {"lr": rate, "optimizer": "sgd"},
            tags={"team": "vision"} if index > 5 else {},
        )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_by_cursor_are_the_list_in_pieces(api, runs, order, size):
    whole = names(api.get("runs/", {"order_by": order}))

    pages = list(all_pages(api, "runs/", order_by=order, page_size=size))

    assert [row["name"] for page in pages for row in page] == whole
    assert len(whole) == 9
    assert all(len(page) == size for page in pages[:-1])


def test_several_orders_decide_one_after_the_other(api, runs):
    whole = names(api.get("runs/", {"order_by": ["status", "metrics.loss DESC"]}))

    pages = all_pages(api, "runs/", order_by=["status", "metrics.loss DESC"], page_size=2)

    assert [row["name"] for page in pages for row in page] == whole


def test_a_run_that_starts_meanwhile_moves_no_page(api, runs):
    first = api.get("runs/", {"page_size": 3}).json()
    record(api, name="late", start_time=10_000_000)

    second = api.get(first["next"].removeprefix("http://localhost")).json()

    assert [row["name"] for row in first["results"] + second["results"]] == [
        *names(api.get("runs/", {"q": "run_name != 'late'"}))[:6]
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "metrics.loss < 0.4"}, {1, 4, 6, 8}),
        ({"q": "params.lr >= 1"}, {7, 8}),
        ({"q": "metrics.loss < 0.4 AND NOT status = 'RUNNING'"}, {1, 6, 8}),
        ({"q": "run-3"}, {3}),
        ({"status": "FINISHED"}, {0, 3, 6}),
        ({"status": ["FINISHED", "RUNNING"]}, {0, 3, 4, 6}),
        ({"user_id": "ada"}, {1, 3, 5, 7}),
        ({"name": "RUN-8"}, {8}),
        ({"started_after": 3000}, {6, 7, 8}),
        ({"started_before": "1970-01-01T00:00:01Z"}, {0, 1}),
        ({"status": "FAILED", "user_id": "ada", "q": "has(metrics.loss)"}, {1, 5}),
        ({"experiment_id": ["0", "99"]}, set(range(9))),
        ({"experiment_id": "99"}, set()),
        ({"lifecycle_stage": "deleted"}, set()),
        ({"lifecycle_stage": "all"}, set(range(9))),
    ],
)
def test_filter_and_facets_narrow_the_list(api, runs, query, found):
    assert set(names(api.get("runs/", query))) == {f"run-{index}" for index in found}


def test_facets_and_filter_hold_on_every_page(api, runs):
    pages = all_pages(api, "runs/", q="has(metrics.loss)", user_id="bob", page_size=2, order_by="metrics.loss")

    assert [row["name"] for page in pages for row in page] == ["run-8", "run-6", "run-4", "run-0", "run-2"]


def test_deleted_runs_are_listed_on_demand(api):
    run_id = record(api, name="gone")
    api.delete(f"runs/{run_id}/")

    assert names(api.get("runs/")) == []
    assert names(api.get("runs/", {"lifecycle_stage": "deleted"})) == ["gone"]


@pytest.mark.parametrize(
    "query",
    [
        {"statu": "FINISHED"},
        {"status": "HACKED"},
        {"lifecycle_stage": "gone"},
        {"started_after": "boo"},
        {"started_after": "-1"},
        {"page_size": "0"},
        {"page_size": "-1"},
        {"page_size": "1001"},
        {"page_size": "abc"},
        {"cursor": "abc"},
        {"experiment_id": "1 OR 1=1"},
        {"experiment_id": "9" * 25},
        {"name": "a\0b"},
        {"q": "metrics.loss < "},
        {"q": "' OR 1=1 --"},
        {"q": "x" * 10_001},
        {"order_by": "metrics.loss; DROP TABLE"},
        {"order_by": ["params.a"] * 21},
    ],
)
def test_a_bad_parameter_is_told(api, query):
    refused(api.get("runs/", query), 400, "INVALID_PARAMETER_VALUE")


def test_a_fault_in_the_filter_is_told_with_its_place(api):
    response = api.get("runs/", {"q": "metrics.loss < 1 AND colour = 'red'"})

    refused(response, 400, "INVALID_PARAMETER_VALUE")
    detail = response.json()["detail"]
    assert "metrics.loss < 1 AND colour = 'red'"[detail["start"] :].startswith("colour")


def test_a_cursor_is_good_for_its_own_list_alone(api, runs):
    link = api.get("runs/", {"page_size": 2, "order_by": "metrics.loss"}).json()["next"]

    refused(api.get(link.removeprefix("http://localhost") + "&q=x"), 400, "INVALID_PARAMETER_VALUE")
    cursor = link.rpartition("cursor=")[2]
    refused(api.get(f"runs/?cursor={cursor}"), 400, "INVALID_PARAMETER_VALUE")
    refused(api.get(f"experiments/?cursor={cursor}"), 400, "INVALID_PARAMETER_VALUE")


def test_statements_do_not_grow_with_the_runs(api, django_assert_max_num_queries):
    for index in range(3):
        record(api, params={f"p{index}": 1}, metrics={f"m{index}": 1})
    api.get("runs/")

    def statements():
        with django_assert_max_num_queries(8):
            assert api.get("runs/", {"page_size": 50}).status_code == 200

    statements()
    for index in range(20):
        record(api, params={f"p{index}": 1}, metrics={f"m{index}": 1})
    api.get("runs/")
    statements()
