"""A next_page_token is good for the search that gave it, and for no other."""

import pytest

from tests.clients import MLFLOW_PREFIXES
from tests.factories import make_experiment, make_logged_model, make_run
from tests.runs.mlflow_api.answers import INVALID, message, ok, refusal

pytestmark = pytest.mark.parametrize("mlflow_api", MLFLOW_PREFIXES, indirect=True)

SEARCHES = {
    "runs/search": {"experiment_ids": ["0"]},
    "experiments/search": {},
    "logged-models/search": {"experiment_ids": ["0"]},
}
# Another search of each, by one of its fields.
OTHERS = [
    ("runs/search", {"filter": "status = 'RUNNING'"}),
    ("runs/search", {"order_by": ["status"]}),
    ("runs/search", {"experiment_ids": ["0", "1"]}),
    ("runs/search", {"run_view_type": "ALL"}),
    ("experiments/search", {"filter": "name != 'x'"}),
    ("experiments/search", {"order_by": ["name"]}),
    ("experiments/search", {"view_type": "ALL"}),
    ("logged-models/search", {"filter": "name != 'x'"}),
    ("logged-models/search", {"order_by": [{"field_name": "name"}]}),
    ("logged-models/search", {"datasets": [{"dataset_name": "d"}]}),
]


@pytest.fixture(autouse=True)
def _two_of_each(db):
    for _ in range(2):
        make_run()
        make_experiment()
        make_logged_model()


def first_page(api, path):
    return ok(api.post(path, {**SEARCHES[path], "max_results": 1}))


@pytest.mark.parametrize("path", SEARCHES)
def test_a_token_leads_on(mlflow_api, path):
    token = first_page(mlflow_api, path)["next_page_token"]

    ok(mlflow_api.post(path, {**SEARCHES[path], "max_results": 100, "page_token": token}))


@pytest.mark.parametrize(("path", "other"), OTHERS)
def test_a_token_of_another_search_is_refused(mlflow_api, path, other):
    token = first_page(mlflow_api, path)["next_page_token"]

    response = mlflow_api.post(path, {**SEARCHES[path], **other, "page_token": token})

    assert refusal(response) == INVALID
    assert message(response).startswith("Invalid page token")


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "x", lambda t: "x" + t, lambda t: t.upper(), lambda t: "x"]
)
def test_a_changed_token_is_refused(mlflow_api, path, change):
    token = change(first_page(mlflow_api, path)["next_page_token"])

    response = mlflow_api.post(path, {**SEARCHES[path], "page_token": token})

    assert refusal(response) == INVALID
    assert message(response).startswith("Invalid page token")


def test_a_token_of_another_endpoint_is_refused(mlflow_api):
    tokens = {path: first_page(mlflow_api, path)["next_page_token"] for path in SEARCHES}

    for path in SEARCHES:
        for other in SEARCHES.keys() - {path}:
            assert refusal(mlflow_api.post(path, {**SEARCHES[path], "page_token": tokens[other]})) == INVALID


@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize("token", ["", None])
def test_no_token_is_the_first_page(mlflow_api, path, token):
    first = first_page(mlflow_api, path)

    again = ok(mlflow_api.post(path, {**SEARCHES[path], "max_results": 1, "page_token": token}))

    assert again == first
