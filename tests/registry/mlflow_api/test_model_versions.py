import pytest

from registry.models import ModelVersion
from registry.services.aliases import set_alias
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run
from tests.runs.mlflow_api.answers import INVALID, NOT_FOUND, ok, pairs, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return make_registered_model("M")


def create(api, **body):
    return ok(api.post("model-versions/create", {"name": "M", "source": "runs:/r/model", **body}))["model_version"]


def test_a_new_version(mlflow_api, model):
    run = make_run()
    tags = [{"key": "k", "value": "v"}]

    answer = create(
        mlflow_api,
        source=f"runs:/{run.run_id}/model",
        run_id=run.run_id,
        tags=tags,
        run_link="http://elsewhere/run",
        description="first",
    )

    time = answer["creation_timestamp"]
    assert answer == {
        "name": "M",
        "version": "1",
        "creation_timestamp": time,
        "last_updated_timestamp": time,
        "current_stage": "None",
        "description": "first",
        "source": f"runs:/{run.run_id}/model",
        "run_id": run.run_id,
        "status": "READY",
        "run_link": "http://elsewhere/run",
        "tags": tags,
    }
    assert time > 1_600_000_000_000
    assert ok(mlflow_api.get("model-versions/get", {"name": "M", "version": "1"})) == {"model_version": answer}


def test_unset_texts_are_blank(mlflow_api, model):
    answer = create(mlflow_api)
    assert (answer["description"], answer["run_link"]) == ("", "")
    assert not {"user_id", "tags", "aliases"} & set(answer)


def test_versions_of_a_model_that_is_not_there(mlflow_api):
    body = {"name": "M", "source": "runs:/r/model"}
    assert refusal(mlflow_api.post("model-versions/create", body)) == NOT_FOUND


@pytest.mark.parametrize("version", ["1", 1, "01"])
def test_versions_are_named_by_text_and_by_number(mlflow_api, model, version):
    create(mlflow_api)
    body = {"name": "M", "version": version, "stage": "production", "archive_existing_versions": "FALSE"}

    moved = ok(mlflow_api.post("model-versions/transition-stage", body))["model_version"]

    assert (moved["version"], moved["current_stage"]) == ("1", "Production")


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2", NOT_FOUND), ("99999999999999999999", NOT_FOUND), ("one", INVALID), ("-1", INVALID), ("1.0", INVALID)],
)
def test_versions_that_are_not_there(mlflow_api, model, version, expected):
    create(mlflow_api)
    query = {"name": "M", "version": version}

    for path in ("model-versions/get", "model-versions/get-download-uri", "/model-versions/get-artifact?path=a"):
        assert (
            refusal(
                mlflow_api.get(path, query) if "?" not in path else mlflow_api.get(f"{path}&name=M&version={version}")
            )
            == expected
        )
    assert refusal(mlflow_api.delete("model-versions/delete", query)) == expected
    assert refusal(mlflow_api.patch("model-versions/update", query)) == expected
    assert refusal(mlflow_api.post("model-versions/set-tag", {**query, "key": "k"})) == expected
    assert refusal(mlflow_api.post("registered-models/alias", {**query, "alias": "a"})) == expected


def test_pinned_messages(mlflow_api, model):
    def said(response):
        return response.json()["message"]

    assert "Model Version (name=M, version=3) not found" in said(
        mlflow_api.get("model-versions/get", {"name": "M", "version": "3"})
    )
    assert "must be an integer" in said(mlflow_api.get("model-versions/get", {"name": "M", "version": "x"}))
    assert said(mlflow_api.post("model-versions/create", {"name": "M"})).startswith(
        "Missing value for required parameter 'source'."
    )


def test_a_description_is_set_and_cleared(mlflow_api, model):
    create(mlflow_api)
    body = {"name": "M", "version": "1"}

    def described(**more):
        return ok(mlflow_api.patch("model-versions/update", body | more))["model_version"]["description"]

    assert described(description="words") == "words"
    assert described() == ""
    assert ModelVersion.objects.get().stage == "None"


def test_tags(mlflow_api, model):
    create(mlflow_api)
    body = {"name": "M", "version": "1", "key": "k"}

    def stored():
        answer = ok(mlflow_api.get("model-versions/get", {"name": "M", "version": "1"}))
        return pairs(answer["model_version"].get("tags", []))

    assert ok(mlflow_api.post("model-versions/set-tag", {**body, "value": "a"})) == {}
    ok(mlflow_api.post("model-versions/set-tag", {**body, "value": "b"}))
    assert stored() == {"k": "b"}
    for _ in range(2):
        assert ok(mlflow_api.delete("model-versions/delete-tag", body)) == {}
    assert stored() == {}
    assert refusal(mlflow_api.post("model-versions/set-tag", {**body, "key": "../x"})) == INVALID
    assert refusal(mlflow_api.post("model-versions/set-tag", {**body, "value": "x" * 100_001})) == INVALID


def test_a_deleted_version_is_gone(mlflow_api, model):
    create(mlflow_api)
    set_alias("M", "champion", 1, user=None)

    assert ok(mlflow_api.delete("model-versions/delete", {"name": "M", "version": "1"})) == {}

    assert refusal(mlflow_api.get("model-versions/get", {"name": "M", "version": "1"})) == NOT_FOUND
    assert refusal(mlflow_api.get("registered-models/alias", {"name": "M", "alias": "champion"})) == INVALID
    assert ok(mlflow_api.get("model-versions/search")) == {}
    assert create(mlflow_api)["version"] == "2"


def test_archiving(mlflow_api, model):
    for _ in range(3):
        create(mlflow_api)

    def move(version, stage, **more):
        body = {"name": "M", "version": version, "stage": stage, **more}
        return mlflow_api.post("model-versions/transition-stage", body)

    ok(move("1", "Staging"))
    ok(move("2", "Staging"))
    moved = ok(move("3", "Staging", archive_existing_versions=True))["model_version"]

    stages = ModelVersion.objects.order_by("version").values_list("stage", "last_updated_time")
    assert [stage for stage, _ in stages] == ["Archived", "Archived", "Staging"]
    assert {time for _, time in stages} == {moved["last_updated_timestamp"]}
    refused = move("1", "None", archive_existing_versions="true")
    assert refusal(refused) == INVALID and "cannot archive existing model versions" in refused.json()["message"]
    assert refusal(move("1", "live")) == INVALID


def test_where_to_download_from(mlflow_api, model):
    logged = make_logged_model()
    create(mlflow_api)
    create(mlflow_api, source=f"models:/{logged.model_id}", model_id=logged.model_id)
    create(mlflow_api, source="models:/M/2")

    def uri(version):
        return ok(mlflow_api.get("model-versions/get-download-uri", {"name": "M", "version": version}))["artifact_uri"]

    assert [uri(1), uri(2), uri(3)] == ["runs:/r/model", logged.artifact_uri, logged.artifact_uri]


def test_a_page_costs_the_same_however_long(mlflow_api, model, django_assert_num_queries):
    def search():
        with django_assert_num_queries(4):
            return ok(mlflow_api.get("model-versions/search"))["model_versions"]

    make_model_version(model, tags={"k": "v"})
    assert len(search()) == 1
    for _ in range(3):
        make_model_version(model, tags={"k": "v"})
    set_alias("M", "champion", 4, user=None)
    found = search()
    assert [version["version"] for version in found] == ["4", "3", "2", "1"]
    assert found[0]["aliases"] == ["champion"] and found[0]["tags"] == [{"key": "k", "value": "v"}]
