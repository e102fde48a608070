"""experiments/search at the door: its filter language is tested in tests/runs/search."""

import pytest

from runs.models import Experiment
from tests.factories import make_experiment
from tests.runs.mlflow_api.answers import INVALID, message, ok, refusal


@pytest.fixture
def three(db):
    """a is the oldest; the default experiment is older still."""
    Experiment.objects.filter(pk=0).update(creation_time=0)
    made = [make_experiment(name) for name in "abc"]
    for time, experiment in enumerate(made, start=1):
        Experiment.objects.filter(pk=experiment.pk).update(creation_time=time)
    return made


def names(response):
    return [experiment["name"] for experiment in ok(response)["experiments"]]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_the_newest_experiment_comes_first(mlflow_api, three, method):
    everything = mlflow_api.get("experiments/search") if method == "GET" else mlflow_api.post("experiments/search")

    assert names(everything) == ["c", "b", "a", "Default"]


def test_found_experiments_are_told_like_single_ones(mlflow_api):
    experiment = make_experiment(tags={"a": "1", "b": "2"})

    found = ok(mlflow_api.post("experiments/search", {"filter": f"name = '{experiment.name}'"}))["experiments"]

    single = ok(mlflow_api.get("experiments/get", {"experiment_id": experiment.experiment_id}))["experiment"]
    assert found == [single]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"max_results": "1000", "order_by": ["name ASC"], "filter": "name != 'Default'"}, ["a", "b", "c"]),
        ({"max_results": "5", "order_by": ["creation_time", "name"], "view_type": "ALL"}, ["Default", "a", "b", "c"]),
        ({"viewType": "2"}, []),
        ({"maxResults": "1"}, ["c"]),
    ],
)
def test_a_query_string_does_as_well_as_a_body(mlflow_api, three, query, expected):
    assert names(mlflow_api.get("experiments/search", query)) == expected
    assert names(mlflow_api.post("experiments/search", query)) == expected


@pytest.mark.parametrize(
    ("view", "expected"), [("ACTIVE_ONLY", ["Default", "active"]), ("DELETED_ONLY", ["deleted"]), ("ALL", 3)]
)
def test_deleted_experiments_are_seen_by_those_who_ask(mlflow_api, view, expected):
    make_experiment("active")
    make_experiment("deleted", lifecycle_stage="deleted")

    found = sorted(names(mlflow_api.post("experiments/search", {"view_type": view})))

    assert found == expected or len(found) == expected


@pytest.mark.parametrize("order", [[], ["name"], ["name DESC"], ["experiment_id"], ["last_update_time DESC"]])
def test_pages_hold_every_experiment_once(mlflow_api, three, order):
    whole = names(mlflow_api.post("experiments/search", {"order_by": order}))

    by_one, token = [], None
    for _ in range(len(whole)):
        answer = ok(mlflow_api.post("experiments/search", {"max_results": 1, "order_by": order, "page_token": token}))
        by_one += [experiment["name"] for experiment in answer["experiments"]]
        token = answer.get("next_page_token")

    assert by_one == whole
    assert token is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"max_results": 0}, "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer"),
        ({"max_results": 50_001}, "It must be at most 50000"),
        ({"filter": "params.a = 'x'"}, "Invalid entity type"),
        ({"filter": "name = "}, ""),
        ({"order_by": ["nonsense"]}, ""),
        ({"order_by": ["name; DROP TABLE runs_run"]}, ""),
        ({"page_token": "x"}, "Invalid page token"),
        ({"view_type": "SOME"}, "parameter 'view_type'"),
    ],
)
def test_a_bad_search_is_refused(mlflow_api, body, text):
    response = mlflow_api.post("experiments/search", body)

    assert refusal(response) == INVALID
    assert text in message(response)


def test_page_sizes_in_a_query_are_quoted_as_text(mlflow_api):
    response = mlflow_api.get("experiments/search", {"max_results": "abc"})

    assert refusal(response) == INVALID
    assert "Invalid value \"abc\" for parameter 'max_results' supplied: Hint: Value was of type 'str'." in message(
        response
    )


@pytest.mark.parametrize("count", [1, 8])
def test_statements_do_not_grow_with_the_experiments(mlflow_api, count, django_assert_max_num_queries):
    for number in range(count):
        make_experiment(tags={"a": "1", f"b{number}": "2"})

    with django_assert_max_num_queries(4):
        assert len(ok(mlflow_api.post("experiments/search"))["experiments"]) == count + 1
