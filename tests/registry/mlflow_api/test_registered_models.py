import pytest

from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from tests.factories import make_model_version, make_registered_model
from tests.runs.mlflow_api.answers import EXISTS, INVALID, NOT_FOUND, ok, refusal

pytestmark = pytest.mark.django_db

TAGS = [{"key": "k", "value": "v"}]


def stored(api, name="M"):
    return ok(api.get("registered-models/get", {"name": name}))["registered_model"]


def test_a_new_model(mlflow_api):
    body = {"name": "M", "description": "first", "tags": TAGS}

    answer = ok(mlflow_api.post("registered-models/create", body))["registered_model"]

    time = answer["creation_timestamp"]
    assert answer == {
        "name": "M",
        "creation_timestamp": time,
        "last_updated_timestamp": time,
        "description": "first",
        "tags": TAGS,
    }
    assert stored(mlflow_api) == answer


def test_a_taken_name(mlflow_api):
    make_registered_model("M")
    refused = mlflow_api.post("registered-models/create", {"name": "M"})
    assert refusal(refused) == EXISTS
    assert "Registered Model (name=M) already exists" in refused.json()["message"]


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "prod%2Fm", "a%20b", ".", "..", "a\tb", "x" * 257])
def test_names_that_are_refused(mlflow_api, name):
    make_registered_model("M")
    assert refusal(mlflow_api.post("registered-models/create", {"name": name})) == INVALID
    assert refusal(mlflow_api.post("registered-models/rename", {"name": "M", "new_name": name})) == INVALID


def test_what_a_model_tells_of_its_versions(mlflow_api):
    model = make_registered_model("M")
    for stage in ("Production", "Production", "Staging", ""):
        make_model_version(model, stage=stage, tags={"k": "v"})
    set_alias("M", "champion", 2, user=None)

    answer = stored(mlflow_api)

    versions = [(version["version"], version["current_stage"]) for version in answer["latest_versions"]]
    assert versions == [("2", "Production"), ("3", "Staging"), ("4", "None")]
    assert answer["latest_versions"][0]["tags"] == TAGS
    assert answer["aliases"] == [{"alias": "champion", "version": "2"}]


def test_latest_versions(mlflow_api):
    model = make_registered_model("M")
    for stage in ("Production", "Production", "Archived"):
        make_model_version(model, stage=stage)

    def latest(*stages):
        by_post = ok(mlflow_api.post("registered-models/get-latest-versions", {"name": "M", "stages": stages}))
        by_get = ok(mlflow_api.get("registered-models/get-latest-versions", {"name": "M", "stages": stages}))
        assert by_post == by_get
        return [version["version"] for version in by_post.get("model_versions", [])]

    assert latest() == ["2", "3"]
    assert latest("production") == ["2"]
    assert latest("Archived", "Production", "Production") == ["2", "3"]
    assert latest("Staging") == []
    ask = "registered-models/get-latest-versions"
    assert refusal(mlflow_api.post(ask, {"name": "M", "stages": ["live"]})) == INVALID
    assert refusal(mlflow_api.post(ask, {"name": "N"})) == NOT_FOUND


def test_renaming_takes_all_along(mlflow_api):
    model = make_registered_model("M", tags={"k": "v"})
    make_model_version(model)
    make_registered_model("N")
    set_alias("M", "champion", 1, user=None)

    answer = ok(mlflow_api.post("registered-models/rename", {"name": "M", "new_name": "Neu"}))["registered_model"]

    assert (answer["name"], answer["tags"], answer["latest_versions"][0]["name"]) == ("Neu", TAGS, "Neu")
    assert answer["latest_versions"][0]["last_updated_timestamp"] == answer["last_updated_timestamp"]
    assert refusal(mlflow_api.get("registered-models/get", {"name": "M"})) == NOT_FOUND
    assert refusal(mlflow_api.post("registered-models/rename", {"name": "Neu", "new_name": "N"})) == EXISTS
    assert refusal(mlflow_api.post("registered-models/rename", {"name": "M", "new_name": "O"})) == NOT_FOUND


def test_a_description_is_set_and_cleared(mlflow_api):
    make_registered_model("M", description="old")

    def described(**more):
        answer = ok(mlflow_api.patch("registered-models/update", {"name": "M", **more}))
        return answer["registered_model"].get("description")

    assert described(description="words") == "words"
    assert described() is None
    assert refusal(mlflow_api.patch("registered-models/update", {"name": "M", "description": "x" * 5001})) == INVALID


def test_deleting_takes_all_along(mlflow_api):
    make_model_version(make_registered_model("M"))
    assert ok(mlflow_api.delete("registered-models/delete", {"name": "M"})) == {}
    assert refusal(mlflow_api.delete("registered-models/delete", {"name": "M"})) == NOT_FOUND
    assert ok(mlflow_api.get("model-versions/search")) == {}


def test_tags(mlflow_api):
    make_registered_model("M")
    body = {"name": "M", "key": "k"}

    ok(mlflow_api.post("registered-models/set-tag", body | {"value": "a"}))
    ok(mlflow_api.post("registered-models/set-tag", body | {"value": "v"}))
    assert stored(mlflow_api)["tags"] == TAGS
    for _ in range(2):
        ok(mlflow_api.delete("registered-models/delete-tag", body))
    assert "tags" not in stored(mlflow_api)
    assert refusal(mlflow_api.post("registered-models/set-tag", body | {"name": "N"})) == NOT_FOUND


def test_aliases(mlflow_api):
    model = make_registered_model("M")
    for _ in range(2):
        make_model_version(model)
    body = {"name": "M", "alias": "champion"}

    def aliased(alias="champion"):
        answer = ok(mlflow_api.get("registered-models/alias", {"name": "M", "alias": alias}))
        return answer["model_version"]["version"]

    ok(mlflow_api.post("registered-models/alias", body | {"version": "1"}))
    assert (aliased(), aliased("latest")) == ("1", "2")
    ok(mlflow_api.post("registered-models/alias", body | {"version": 2}))
    assert aliased() == "2"
    for _ in range(2):
        assert ok(mlflow_api.delete("registered-models/alias", body)) == {}
    missing = mlflow_api.get("registered-models/alias", body)
    assert refusal(missing) == INVALID
    assert missing.json()["message"] == "Registered model alias champion not found."
    assert refusal(mlflow_api.post("registered-models/alias", body)) == INVALID
    assert refusal(mlflow_api.post("registered-models/alias", body | {"version": "1", "alias": "Latest"})) == INVALID


def test_a_prompt_cannot_take_the_name_of_a_model(mlflow_api):
    make_registered_model("M")
    tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    refused = mlflow_api.post("registered-models/create", {"name": "M", "tags": tags})
    assert refusal(refused) == EXISTS and "taken" in refused.json()["message"]


def test_a_model_costs_the_same_however_many_versions(mlflow_api, django_assert_num_queries):
    model = make_registered_model("M")
    make_model_version(model)
    with django_assert_num_queries(5):
        stored(mlflow_api)
    for _ in range(3):
        transition_stage("M", make_model_version(model).version, "Staging", user=None)
    with django_assert_num_queries(5):
        stored(mlflow_api)
