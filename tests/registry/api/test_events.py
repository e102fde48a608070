import pytest

from registry.models import ModelEvent
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from registry.services.registered_models import delete_registered_model, rename_registered_model
from tests.factories import make_model_version, make_registered_model
from tests.runs.api.helpers import all_pages, refused, text_of


@pytest.fixture
def history(db):
    """A model with two versions, promoted, renamed; and one that is deleted."""
    model = make_registered_model("forest")
    make_model_version(model)
    make_model_version(model)
    transition_stage("forest", 1, "Production", note="Good.", user=None)
    set_alias("forest", "champion", 1, user=None)
    set_alias("forest", "champion", 2, user=None)
    rename_registered_model("forest", "grove", user=None)
    make_registered_model("gone")
    delete_registered_model("gone", user=None)


def kinds(response) -> list[str]:
    assert response.status_code == 200, response.json()
    return [event["kind"] for event in response.json()["results"]]


def test_the_history_of_a_model_goes_on_under_its_new_name(api, history):
    events = api.get("models/grove/events/").json()["results"]

    assert [(event["kind"], event["name"]) for event in events] == [
        ("model_renamed", "grove"),
        ("alias_set", "forest"),
        ("alias_set", "forest"),
        ("stage_moved", "forest"),
        ("version_created", "forest"),
        ("version_created", "forest"),
        ("model_created", "forest"),
    ]
    assert events[3] == {
        "time": events[3]["time"],
        "user_id": "",
        "kind": "stage_moved",
        "name": "forest",
        "version": 1,
        "key": "",
        "before": "None",
        "after": "Production",
        "note": "Good.",
    }
    refused(api.get("models/forest/events/"), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "gone"}, ["model_deleted", "model_created"]),
        ({"kind": ["stage_moved", "model_deleted"]}, ["model_deleted", "stage_moved"]),
        ({"version": "1"}, ["alias_set", "alias_set", "stage_moved", "version_created"]),
        ({"user_id": "ada"}, []),
        ({"until": "2020-01-01"}, []),
        ({"since": "2020-01-01", "kind": "model_renamed"}, ["model_renamed"]),
    ],
)
def test_the_history_of_all_models_is_narrowed(api, history, query, found):
    assert kinds(api.get("model-events/", query)) == found


def test_pages_follow_each_other_also_within_a_millisecond(api, history):
    ModelEvent.objects.update(time=1_000)

    pages = list(all_pages(api, "model-events/", page_size=4))

    assert [len(page) for page in pages] == [4, 4, 1]
    assert pages[0][0]["kind"] == "model_deleted"


def test_statements_do_not_grow_with_the_events(api, history, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(kinds(api.get("models/grove/events/"))) == 7


def test_a_history_comes_as_csv(api, history):
    assert text_of(api.get("models/grove/events.csv")).startswith("time,user_id,kind,name,version,key,before,after")
    assert len(text_of(api.get("model-events.csv", {"name": "gone"})).splitlines()) == 3


@pytest.mark.parametrize(
    "query", [{"kind": "x"}, {"version": "x"}, {"version": "0"}, {"since": "soon"}, {"names": "x"}, {"user_id": "\0"}]
)
def test_a_question_that_makes_no_sense_is_refused(api, history, query):
    for path in ("model-events/", "models/grove/events/"):
        refused(api.get(path, query), 400, "INVALID_PARAMETER_VALUE")


def test_nobody_writes_history(api, history):
    for path in ("model-events/", "models/grove/events/"):
        assert api.post(path, {}).status_code == 405
        assert api.delete(path).status_code == 405
