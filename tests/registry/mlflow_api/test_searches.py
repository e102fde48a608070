import pytest

from registry.models import ModelVersion, RegisteredModel
from registry.search import starts
from registry.services.model_versions import set_version_tag
from registry.services.registered_models import set_model_tag
from tests.factories import make_model_version, make_registered_model
from tests.runs.mlflow_api.answers import INVALID, ok, refusal

pytestmark = pytest.mark.django_db

PROMPT = "mlflow.prompt.is_prompt"


@pytest.fixture(params=["what is found", "the order"], autouse=True)
def start(request, monkeypatch):
    """A search begins at what is found or in its order: it comes to the same."""
    monkeypatch.setattr(starts, "FEW", 2000 if request.param == "what is found" else -1)


@pytest.fixture
def models():
    for name, team in (("alpha", "red"), ("Beta", "blue"), ("gamma%", "red")):
        make_registered_model(name, tags={"team": team})
    make_registered_model("greeting", tags={PROMPT: "true"})
    for time, model in enumerate(RegisteredModel.objects.order_by("-pk")):
        RegisteredModel.objects.filter(pk=model.pk).update(last_updated_time=time)


@pytest.fixture
def versions(models):
    alpha, beta = RegisteredModel.objects.get(name="alpha"), RegisteredModel.objects.get(name="Beta")
    for number in range(3):
        make_model_version(alpha, source=f"runs:/run{number}/model", tags={"n": str(number), "all": "x"})
    make_model_version(beta, source="runs:/run0/Model", tags={"all": "y" * 150})
    make_model_version(RegisteredModel.objects.get(name="greeting"), source="dummy-source", tags={PROMPT: "true"})
    for time, version in enumerate(ModelVersion.objects.order_by("pk")):
        ModelVersion.objects.filter(pk=version.pk).update(last_updated_time=time // 2, creation_time=10 - time)


def found_models(api, filter="", *order_by):
    answer = ok(api.get("registered-models/search", {"filter": filter, "order_by": order_by}))
    return [model["name"] for model in answer.get("registered_models", [])]


def found(api, filter="", *order_by):
    answer = ok(api.get("model-versions/search", {"filter": filter, "order_by": order_by}))
    return [f"{version['name']} {version['version']}" for version in answer.get("model_versions", [])]


# --- Models ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", ["Beta", "alpha", "gamma%"]),
        ("name = 'alpha'", ["alpha"]),
        ("attribute.name != 'alpha'", ["Beta", "gamma%"]),
        ("name LIKE '%a'", ["Beta", "alpha"]),
        ("name LIKE 'A%'", []),
        ("name ILIKE 'A%'", ["alpha"]),
        ("name IN ('alpha', 'Beta')", ["Beta", "alpha"]),
        ("name NOT IN ('alpha')", ["Beta", "gamma%"]),
        ("tags.team = 'red'", ["alpha", "gamma%"]),
        ("tag.team != 'red'", ["Beta"]),
        ("tag.team LIKE 'r%' AND tag.team ILIKE '%D'", ["alpha", "gamma%"]),
        ("tag.none != 'x'", []),
        (f"tag.`{PROMPT}` != 'true'", ["Beta", "alpha", "gamma%"]),
        (f"tag.`{PROMPT}` = 'false'", ["Beta", "alpha", "gamma%"]),
        (f"tag.`{PROMPT}` = 'true'", ["greeting"]),
        (f"tags.`{PROMPT}` != 'false'", ["greeting"]),
        (f"tags.`{PROMPT}` LIKE 't%'", ["greeting"]),
        (f"name LIKE 'g%' AND tag.`{PROMPT}` != 'true'", ["gamma%"]),
    ],
)
def test_models_that_match(mlflow_api, models, filter, expected):
    assert found_models(mlflow_api, filter) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["name DESC"], ["gamma%", "alpha", "Beta"]),
        (["timestamp"], ["gamma%", "Beta", "alpha"]),
        (["last_updated_timestamp DESC", "name"], ["alpha", "Beta", "gamma%"]),
    ],
)
def test_orders_of_models(mlflow_api, models, order, expected):
    assert found_models(mlflow_api, "", *order) == expected


def test_models_follow_their_prompt_tag(mlflow_api, models):
    set_model_tag("alpha", PROMPT, "true", user=None)
    assert found_models(mlflow_api) == ["Beta", "gamma%"]


@pytest.mark.parametrize(
    "query",
    [
        *({"filter": text} for text in ("name", "attributes.name = 'a'", "name > 'a'", "name = a", "x = 'a'")),
        *({"filter": text} for text in ("tags.team IN ('a')", "name = 'a", "' OR 1=1 --", "metrics.a = 1")),
        *({"order_by": text} for text in ("creation_timestamp", "tags.team", "name; DROP TABLE x", "name UP")),
        {"order_by": ["timestamp", "last_updated_timestamp DESC"]},
        *({"max_results": number} for number in ("0", "-1", "1001", "abc")),
        {"page_token": "made up"},
    ],
)
def test_searches_of_models_that_are_refused(mlflow_api, models, query):
    assert refusal(mlflow_api.get("registered-models/search", query)) == INVALID


def test_r_searches_models_by_post(mlflow_api, models):
    answer = ok(mlflow_api.post("registered-models/search", {"filter": "name = 'alpha'", "max_results": "1e+02"}))
    assert [model["name"] for model in answer["registered_models"]] == ["alpha"]


def test_pages_of_models(mlflow_api, models):
    first = ok(mlflow_api.get("registered-models/search", {"max_results": 2}))
    token = first["next_page_token"]
    rest = ok(mlflow_api.get("registered-models/search", {"max_results": 2, "page_token": token}))
    assert [model["name"] for answer in (first, rest) for model in answer["registered_models"]] == found_models(
        mlflow_api
    )
    assert "next_page_token" not in rest
    for other in ({"filter": "name != 'x'"}, {"order_by": "name DESC"}):
        assert refusal(mlflow_api.get("registered-models/search", {**other, "page_token": token})) == INVALID
    assert refusal(mlflow_api.get("model-versions/search", {"page_token": token})) == INVALID


def test_no_page_is_promised_after_the_last(mlflow_api, models):
    assert "next_page_token" not in ok(mlflow_api.get("registered-models/search", {"max_results": 3}))


def test_a_page_of_models_costs_the_same_however_long(mlflow_api, django_assert_num_queries):
    for _ in range(4):
        make_model_version(tags={"k": "v"})
        with django_assert_num_queries(6):
            mlflow_api.get("registered-models/search")


# --- Versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", ["Beta 1", "alpha 3", "alpha 2", "alpha 1"]),
        ("name = 'alpha'", ["alpha 3", "alpha 2", "alpha 1"]),
        ("run_id = 'run0'", ["Beta 1", "alpha 1"]),
        ("run_id IN ('run0', 'run1')", ["Beta 1", "alpha 2", "alpha 1"]),
        ("source_path LIKE 'runs:/%/model'", ["alpha 3", "alpha 2", "alpha 1"]),
        ("source_path ILIKE '%/model'", ["Beta 1", "alpha 3", "alpha 2", "alpha 1"]),
        ("version_number >= 2", ["alpha 3", "alpha 2"]),
        ("attribute.version_number = '2'", ["alpha 2"]),
        ("version_number != 1 AND version_number < 3", ["alpha 2"]),
        ("version_number > -1 AND version_number < 99999999999999999999", ["Beta 1", "alpha 3", "alpha 2", "alpha 1"]),
        ("tags.n = '1'", ["alpha 2"]),
        ("tag.n != '1' AND tags.all = 'x'", ["alpha 3", "alpha 1"]),
        ("tags.n LIKE '%' AND name ILIKE 'ALPHA'", ["alpha 3", "alpha 2", "alpha 1"]),
        (f"tags.all = '{'y' * 150}'", ["Beta 1"]),
        (f"tags.all = '{'y' * 151}'", []),
        (f"tags.`{PROMPT}` = 'true'", ["greeting 1"]),
        (f"name = 'greeting' AND tags.`{PROMPT}` = 'true'", ["greeting 1"]),
        ("name = 'greeting'", []),
    ],
)
def test_versions_that_match(mlflow_api, versions, filter, expected):
    assert found(mlflow_api, filter) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["name DESC"], ["alpha 3", "alpha 2", "alpha 1", "Beta 1"]),
        (["version_number"], ["Beta 1", "alpha 1", "alpha 2", "alpha 3"]),
        (["creation_timestamp"], ["Beta 1", "alpha 3", "alpha 2", "alpha 1"]),
        (["last_updated_timestamp", "version_number"], ["alpha 1", "alpha 2", "Beta 1", "alpha 3"]),
    ],
)
def test_orders_of_versions(mlflow_api, versions, order, expected):
    assert found(mlflow_api, "", *order) == expected


@pytest.mark.parametrize("order", [[], ["name"], ["version_number DESC"], ["creation_timestamp", "name DESC"]])
def test_pages_of_versions(mlflow_api, versions, order):
    query, names = {"max_results": 1, "order_by": order}, []
    while True:
        answer = ok(mlflow_api.get("model-versions/search", query))
        names += [f"{version['name']} {version['version']}" for version in answer["model_versions"]]
        if "next_page_token" not in answer:
            break
        query["page_token"] = answer["next_page_token"]
    assert names == found(mlflow_api, "", *order) and len(names) == 4


@pytest.mark.parametrize(
    "query",
    [
        *(
            {"filter": text}
            for text in ("version = 1", "current_stage = 'None'", "creation_timestamp > 1", "aliases = 'a'")
        ),
        *({"filter": text} for text in ("version_number = 1.5", "version_number = 'a'", "version_number LIKE '1'")),
        *({"filter": text} for text in ("source_path IN ('a')", "tags.n > '1'", "run_id =", "a" * 10_001)),
        *({"order_by": text} for text in ("run_id", "tags.n", "stage", "")),
        *({"max_results": number} for number in ("0", "200001")),
    ],
)
def test_searches_of_versions_that_are_refused(mlflow_api, versions, query):
    assert refusal(mlflow_api.get("model-versions/search", query)) == INVALID


def test_versions_follow_their_prompt_tag(mlflow_api, versions):
    set_version_tag("alpha", 1, PROMPT, "true", user=None)
    assert "alpha 1" not in found(mlflow_api)
    assert found(mlflow_api, f"name = 'alpha' AND tags.`{PROMPT}` = 'true'") == ["alpha 1"]
