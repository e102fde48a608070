import pytest

from registry.models import ModelVersion
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run
from tests.runs.api.helpers import all_pages, refused, text_of


@pytest.fixture
def versions(db):
    """Three of `forest`, the second in production and champion; one of `tree`, made by a run."""
    forest = make_registered_model("forest")
    make_model_version(forest, tags={"checked": "yes"})
    make_model_version(forest, stage="Production", description="Best.")
    make_model_version(forest, stage="Archived")
    set_alias("forest", "champion", 2, user=None)
    make_model_version(make_registered_model("tree"), run=make_run())


def numbers(response) -> list[int]:
    assert response.status_code == 200, response.json()
    return [row["version"] for row in response.json()["results"]]


def test_a_version_is_shown_whole(api, versions):
    version = api.get("models/forest/versions/2/").json()

    assert (version["name"], version["version"], version["uri"]) == ("forest", 2, "models:/forest/2")
    assert (version["stage"], version["aliases"], version["status"]) == ("Production", ["champion"], "READY")
    assert (version["description"], version["tags"]) == ("Best.", {})
    assert version["source"] == f"runs:/{'0' * 32}/model"
    assert version["url"] == "http://localhost/models/forest/versions/2/"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [3, 2, 1]),
        ({"order_by": "version_number"}, [1, 2, 3]),
        ({"q": "version_number < 3"}, [2, 1]),
        ({"q": "tags.checked = 'yes'"}, [1]),
        ({"stage": ["Production", "Archived"]}, [3, 2]),
        ({"alias": "champion"}, [2]),
        ({"unaliased": "true"}, [3, 1]),
        ({"tag": "checked=yes"}, [1]),
        ({"run_id": "0" * 32}, [3, 2, 1]),
        ({"run_id": "f" * 32}, []),
        ({"stale": "1"}, []),
    ],
)
def test_versions_of_a_model_are_narrowed(api, versions, query, found):
    assert numbers(api.get("models/forest/versions/", query)) == found


def test_versions_of_all_models_are_searched(api, versions):
    answer = api.get("model-versions/", {"q": "name IN ('forest', 'tree')", "order_by": "name"}).json()

    assert [(one["name"], one["version"]) for one in answer["results"]] == [
        ("forest", 3),
        ("forest", 2),
        ("forest", 1),
        ("tree", 1),
    ]


def test_versions_of_prompts_are_shown_where_they_are_asked_for(api, versions):
    make_model_version(make_registered_model("greeting", tags={"mlflow.prompt.is_prompt": "true"}))

    for query, found in (({}, 4), ({"kind": "prompts"}, 1), ({"kind": "all"}, 5)):
        assert len(numbers(api.get("model-versions/", query))) == found
    assert numbers(api.get("models/greeting/versions/")) == [1]


def test_pages_follow_each_other(api, versions):
    pages = list(all_pages(api, "model-versions/", page_size=2))

    assert [len(page) for page in pages] == [2, 2]
    assert len({one["uri"] for page in pages for one in page}) == 4


def test_statements_do_not_grow_with_the_versions(api, versions, django_assert_num_queries):
    model = make_registered_model("wide")
    for count in (1, 8):
        for _ in range(count):
            make_model_version(model, tags={"a": "b"})
        # The model, a page, its aliases and tags.
        with django_assert_num_queries(4):
            assert api.get("models/wide/versions/").status_code == 200


def test_all_versions_come_as_csv(api, versions):
    for address, count in (("models/forest/versions.csv", 3), ("model-versions.csv", 4)):
        lines = text_of(api.get(address)).splitlines()
        assert lines[0].startswith("name,version,uri,stage,aliases")
        assert len(lines) == count + 1
    assert '"[""champion""]"' in text_of(api.get("models/forest/versions.csv"))


def test_a_version_is_registered(api, versions):
    run = make_run()

    response = api.post(
        "models/forest/versions/",
        {"source": f"runs:/{run.run_id}/model", "description": "New.", "tags": {"n": 1}, "run_link": "https://ci/1"},
    )

    version = response.json()
    assert response.status_code == 201
    assert (version["version"], version["run_id"], version["stage"]) == (4, run.run_id, "None")
    assert (version["description"], version["tags"], version["run_link"]) == ("New.", {"n": "1"}, "https://ci/1")
    assert version["artifact_uri"] == f"{run.artifact_uri}/model"


def test_a_version_is_made_of_a_logged_model_or_copied(api, versions):
    logged = make_logged_model(name="net")

    made = api.post("models/tree/versions/", {"source": f"models:/{logged.model_id}", "model_id": logged.model_id})
    copied = api.post("models/forest/versions/", {"source": "models:/tree/2"})

    assert (made.status_code, made.json()["model_id"]) == (201, logged.model_id)
    assert copied.json()["artifact_uri"] == made.json()["artifact_uri"] == logged.artifact_uri


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"source": ""},
        {"source": 5},
        {"source": "file:///etc", "run_id": "RUN"},
        {"source": "/etc/passwd"},
        {"source": "runs:/RUN/../../../etc"},
        {"source": "runs:/RUN/%2e%2e/%2e%2e/etc"},
        {"source": "mlflow-artifacts:/0/OTHER/artifacts/model", "run_id": "RUN"},
        {"source": "http://169.254.169.254/latest"},
        {"source": "models:/tree"},
        {"source": "runs:/RUN/model\0"},
        {"source": "runs:/RUN/" + "x" * 2048},
        {"source": "runs:/RUN/model", "stage": "Production"},
        {"source": "runs:/RUN/model", "tags": {"/k": "v"}},
        {"source": "runs:/RUN/model", "run_link": "x" * 501},
    ],
)
def test_a_bad_version_is_refused(api, versions, fields):
    run, other = make_run(), make_run()
    sent = {
        name: value.replace("RUN", run.run_id).replace("OTHER", other.run_id) if isinstance(value, str) else value
        for name, value in fields.items()
    }

    refused(api.post("models/forest/versions/", sent), 400, "INVALID_PARAMETER_VALUE")

    assert ModelVersion.objects.filter(name="forest").count() == 3


def test_a_version_is_described_and_tagged_at_once(api, versions):
    version = api.patch(
        "models/forest/versions/1/",
        {"description": "Checked.", "tags": {"checked": None, "by": "ada"}, "stage": "Production", "source": "x"},
    ).json()

    assert (version["description"], version["tags"]) == ("Checked.", {"by": "ada"})
    assert (version["stage"], version["source"]) == ("None", f"runs:/{'0' * 32}/model")


def test_a_version_is_deleted_and_its_number_is_not_given_again(api, versions):
    assert api.delete("models/forest/versions/3/").status_code == 204

    refused(api.get("models/forest/versions/3/"), 404, "RESOURCE_DOES_NOT_EXIST")
    assert api.post("models/forest/versions/", {"source": "models:/forest/1"}).json()["version"] == 4


def test_a_version_is_promoted_in_one_step(api, versions):
    response = api.post(
        "models/forest/versions/1/promote/",
        {
            "stage": "Production",
            "archive_existing_versions": True,
            "aliases": ["champion", "stable"],
            "note": "Two weeks without a regression.",
        },
    )

    assert response.status_code == 200
    assert (response.json()["stage"], response.json()["aliases"]) == ("Production", ["champion", "stable"])
    assert api.get("models/forest/versions/2/").json()["stage"] == "Archived"
    events = api.get("models/forest/events/", {"kind": ["stage_moved", "alias_set"], "page_size": 4}).json()["results"]
    assert {event["note"] for event in events} == {"Two weeks without a regression."}


def test_an_alias_is_taken_away_with_the_promotion(api, versions):
    body = {"stage": "Staging", "aliases": ["next"], "removed_aliases": ["champion"], "note": "Swap."}

    assert api.post("models/forest/versions/1/promote/", body).json()["aliases"] == ["next"]
    assert api.get("models/forest/").json()["aliases"] == {"next": 1}

    refused(
        api.post("models/forest/versions/9/promote/", {"removed_aliases": ["next"]}), 404, "RESOURCE_DOES_NOT_EXIST"
    )
    assert api.get("models/forest/").json()["aliases"] == {"next": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"stage": "Gold"},
        {"stage": None},
        {"aliases": []},
        {"aliases": "champion"},
        {"aliases": ["latest"]},
        {"aliases": ["fine", "v3"]},
        {"aliases": ["fine", "a/b"]},
        {"aliases": ["x" * 256]},
        {"aliases": [f"a{i}" for i in range(21)]},
        {"stage": "None", "archive_existing_versions": True},
        {"stage": "Staging", "archive_existing_versions": "perhaps"},
        {"stage": "Staging", "note": "x" * 5001},
        {"stage": "Staging", "alias": "champion"},
    ],
)
def test_a_promotion_that_makes_no_sense_moves_nothing(api, versions, body):
    refused(api.post("models/forest/versions/1/promote/", body), 400, "INVALID_PARAMETER_VALUE")

    assert api.get("models/forest/versions/1/").json()["stage"] == "None"
    assert api.get("models/forest/").json()["aliases"] == {"champion": 2}


@pytest.mark.parametrize("number", ["9", "0", "2147483648", "9" * 25])
def test_a_version_that_is_not_there_is_told(api, versions, number):
    address = f"models/forest/versions/{number}/"

    for response in (api.get(address), api.patch(address, {"description": "x"}), api.delete(address)):
        refused(response, 404, "RESOURCE_DOES_NOT_EXIST")
    refused(api.post(f"{address}promote/", {"stage": "Staging"}), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("number", ["-1", "1.5", "latest", "1 OR 1=1", "%00", "9" * 400])
def test_what_is_no_number_is_refused(api, versions, number):
    refused(api.get(f"models/forest/versions/{number}/"), 400, "INVALID_PARAMETER_VALUE")


def test_versions_of_no_model_are_told(api, db):
    refused(api.get("models/none/versions/"), 404, "RESOURCE_DOES_NOT_EXIST")
    refused(api.post("models/none/versions/", {"source": f"runs:/{'0' * 32}/m"}), 404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    "query",
    [{"q": "stage = 'x'"}, {"q": "version_number = 1.5"}, {"order_by": "stage"}, {"alias": "x\0"}, {"staeg": "x"}],
)
def test_a_question_that_makes_no_sense_is_refused(api, versions, query):
    for path in ("model-versions/", "models/forest/versions/"):
        refused(api.get(path, query), 400, "INVALID_PARAMETER_VALUE")


def test_an_archived_version_is_found_where_it_is_asked_for(api, versions):
    transition_stage("tree", 1, "Archived", user=None)

    answer = api.get("model-versions/", {"stage": "Archived", "order_by": "name"}).json()

    assert [one["uri"] for one in answer["results"]] == ["models:/forest/3", "models:/tree/1"]
