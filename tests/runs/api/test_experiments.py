import pytest

from runs.models import Experiment, Run
from tests.runs.api.helpers import all_pages, names, record, refused, text_of


def create(api, name: str, **fields) -> str:
    response = api.post("experiments/", {"name": name, **fields})
    assert response.status_code == 201, response.json()
    return response.json()["experiment_id"]


def test_an_experiment_is_created_with_note_and_tags(api):
    response = api.post("experiments/", {"name": "cifar", "note": "Spring.", "tags": {"team": "vision", "year": 2026}})

    experiment = response.json()
    assert response.status_code == 201
    assert (experiment["name"], experiment["note"]) == ("cifar", "Spring.")
    assert experiment["tags"] == {"mlflow.note.content": "Spring.", "team": "vision", "year": "2026"}
    assert experiment["artifact_location"] == f"mlflow-artifacts:/{experiment['experiment_id']}"
    assert experiment["url"] == f"http://localhost/experiments/{experiment['experiment_id']}/"
    assert api.get(f"experiments/{experiment['experiment_id']}/").json() == experiment


def test_a_name_is_taken_once(api):
    create(api, "one")

    refused(api.post("experiments/", {"name": "one"}), 400, "RESOURCE_ALREADY_EXISTS")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 501},
        {"name": 5},
        {"name": "a", "notes": "lost"},
        {"name": "a\0"},
        {"name": "a", "tags": {"k": "x" * 20_001}},
        {"name": "a", "tags": {"/k": "x"}},
        {"name": "a", "artifact_location": "file:///etc"},
        {"name": "a", "artifact_location": "http:///#/../../../../etc/"},
        {"name": "a", "artifact_location": "s3://" + "x" * 2048},
    ],
)
def test_a_bad_experiment_is_refused(api, fields):
    refused(api.post("experiments/", fields), 400, "INVALID_PARAMETER_VALUE")
    assert Experiment.objects.count() == 1


def test_name_note_and_tags_are_edited_at_once(api):
    pk = create(api, "one", tags={"a": "1", "b": "2"})

    response = api.patch(f"experiments/{pk}/", {"name": "two", "note": "n", "tags": {"a": None, "b": "3"}})

    assert response.json()["name"] == "two"
    assert response.json()["tags"] == {"b": "3", "mlflow.note.content": "n"}


def test_an_edit_is_made_whole_or_not(api):
    create(api, "taken")
    pk = create(api, "one")

    refused(api.patch(f"experiments/{pk}/", {"name": "taken", "tags": {"a": "1"}}), 400, "RESOURCE_ALREADY_EXISTS")

    assert api.get(f"experiments/{pk}/").json()["tags"] == {}


def test_fields_that_cannot_be_edited_are_left_alone(api):
    before = api.get("experiments/0/").json()

    api.patch(
        "experiments/0/",
        {"artifact_location": "file:///etc", "lifecycle_stage": "deleted", "creation_time": 0, "last_update_time": 0},
    )

    assert api.get("experiments/0/").json() == before


def test_runs_go_and_come_with_their_experiment(api):
    pk = create(api, "one")
    run_id = record(api, experiment_id=pk)

    assert api.delete(f"experiments/{pk}/").status_code == 204
    refused(api.delete(f"experiments/{pk}/"), 404, "RESOURCE_DOES_NOT_EXIST")
    assert not Run.objects.active().exists()
    assert names(api.get("experiments/")) == ["Default"]
    assert api.post(f"experiments/{pk}/restore/").json()["lifecycle_stage"] == "active"
    assert api.get(f"runs/{run_id}/").json()["lifecycle_stage"] == "active"


@pytest.mark.parametrize(("pk", "status"), [("99", 404), ("1 OR 1=1", 400), ("9" * 25, 400), ("-1", 400), ("abc", 400)])
def test_an_unknown_experiment_is_told(api, pk, status):
    response = api.get(f"experiments/{pk}/")

    refused(response, status, "RESOURCE_DOES_NOT_EXIST" if status == 404 else "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "name LIKE 'b%'"}, ["beta"]),
        ({"q": "tags.team = 'vision'"}, ["beta", "alpha"]),
        ({"name": "ALPH"}, ["alpha"]),
        ({"order_by": "name"}, ["Default", "alpha", "beta"]),
        ({"order_by": "name DESC"}, ["beta", "alpha", "Default"]),
        ({"created_after": "2100-01-01"}, []),
        ({"created_before": "2100-01-01", "order_by": "name"}, ["Default", "alpha", "beta"]),
        ({"lifecycle_stage": "deleted"}, ["gone"]),
        ({"lifecycle_stage": "all", "name": "g"}, ["gone"]),
    ],
)
def test_filter_facets_and_order(api, query, found):
    create(api, "alpha", tags={"team": "vision"})
    Experiment.objects.update(creation_time=1000)
    create(api, "beta", tags={"team": "vision"})
    api.delete(f"experiments/{create(api, 'gone')}/")

    assert names(api.get("experiments/", query)) == found


@pytest.mark.parametrize("query", [{"q": "colour = 'x'"}, {"order_by": "colour"}, {"page": 2}, {"created_after": "x"}])
def test_a_bad_parameter_is_told(api, query):
    refused(api.get("experiments/", query), 400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("order", ["", "name", "creation_time", "experiment_id DESC"])
def test_pages_by_cursor_are_the_list_in_pieces(api, order):
    for index in range(6):
        create(api, f"e{5 - index}")
    Experiment.objects.update(creation_time=1000)
    query = {"order_by": order} if order else {}

    pages = all_pages(api, "experiments/", page_size=2, **query)

    assert [row["name"] for page in pages for row in page] == names(api.get("experiments/", query))


def test_all_experiments_are_a_csv(api):
    create(api, "=cmd", note="n")

    lines = text_of(api.get("experiments.csv")).splitlines()

    assert lines[0].startswith("experiment_id,name,")
    assert ",'=cmd," in lines[1]
    assert len(lines) == 3


def test_statements_do_not_grow_with_the_experiments(api, django_assert_max_num_queries):
    create(api, "first", tags={"a": "1"})
    with django_assert_max_num_queries(3):
        api.get("experiments/")
    for index in range(10):
        create(api, f"e{index}", tags={"a": "1"})

    with django_assert_max_num_queries(3):
        api.get("experiments/")
