"""The model registry: models registered in every way, moved, found and loaded."""

import uuid

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from refusal import refused
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
X, y = load_iris(return_X_y=True)
REQUIREMENTS = ["scikit-learn"]
IS_2 = mlflow.__version__.startswith("2.")


def _model(kind: int) -> LogisticRegression:
    """Tells one kind of iris from the others, so that no two models predict alike."""
    return LogisticRegression(max_iter=200).fit(X, y == kind)


def _log(model, **options) -> str:
    """The id of the run that logged it."""
    where = {"artifact_path": "model"} if IS_2 else {"name": "model"}
    with mlflow.start_run() as active:
        mlflow.sklearn.log_model(model, **where, pip_requirements=REQUIREMENTS, **options)
    return active.info.run_id


def _name(what: str) -> str:
    return f"{what} {uuid.uuid4().hex[:8]}"


def _same(uri: str, model) -> bool:
    return np.array_equal(mlflow.pyfunc.load_model(uri).predict(X), model.predict(X))


def model_is_registered_as_it_is_logged_and_loaded_in_every_way():
    name = _name("iris")
    models = [_model(kind) for kind in range(3)]
    runs = [_log(model, registered_model_name=name) for model in models]

    client.transition_model_version_stage(name, 1, "Production")
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    client.set_registered_model_alias(name, "champion", 1)

    assert [client.get_model_version(name, str(number)).run_id for number in (1, 2, 3)] == runs
    assert client.get_model_version(name, "1").current_stage == "Archived"
    assert _same(f"models:/{name}/3", models[2])
    assert _same(f"models:/{name}/latest", models[2])
    assert _same(f"models:/{name}/Production", models[1])
    assert _same(f"models:/{name}@champion", models[0])
    assert np.array_equal(mlflow.sklearn.load_model(f"models:/{name}/2").predict(X), models[1].predict(X))


def model_of_a_run_is_registered_later():
    name, model = _name("later"), _model(2)
    run_id = _log(model)

    version = mlflow.register_model(f"runs:/{run_id}/model", name, tags={"by": "hand"})

    assert (version.name, str(version.version), version.run_id, version.status) == (name, "1", run_id, "READY")
    assert client.get_model_version(name, "1").tags == {"by": "hand"}
    assert _same(f"models:/{name}/1", model)
    assert str(mlflow.register_model(f"runs:/{run_id}/model", name).version) == "2"
    assert client.get_registered_model(name).latest_versions[0].version in (2, "2")


def version_is_created_by_the_client_and_copied():
    name, model = _name("source"), _model(1)
    run_id = _log(model)
    made = client.create_registered_model(name, tags={"team": "vision"}, description="Irises")
    assert (made.name, made.tags, made.description) == (name, {"team": "vision"}, "Irises")

    version = client.create_model_version(name, f"runs:/{run_id}/model", run_id, description="first", tags={"a": "b"})
    copy = client.copy_model_version(f"models:/{name}/{version.version}", _name("copy"))

    assert (version.current_stage, version.description, version.tags) == ("None", "first", {"a": "b"})
    assert (str(copy.version), copy.run_id, copy.source) == ("1", run_id, f"models:/{name}/1")
    assert _same(f"models:/{name}/1", model)
    assert _same(f"models:/{copy.name}/1", model)
    again = client.copy_model_version(f"models:/{copy.name}/1", copy.name)
    assert str(again.version) == "2" and _same(f"models:/{copy.name}/2", model)


def model_is_renamed_described_tagged_and_deleted():
    name, renamed = _name("before"), _name("after")
    client.create_registered_model(name)
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.create_registered_model(name)
    for _ in range(2):
        client.create_model_version(name, "runs:/none/model")
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_tag(name, "k", "v")
    client.update_registered_model(name, "words")

    client.rename_registered_model(name, renamed)

    model = client.get_registered_model(renamed)
    assert (model.description, model.tags, model.aliases) == ("words", {"k": "v"}, {"champion": "2"})
    client.delete_registered_model_tag(renamed, "k")
    assert client.get_registered_model(renamed).tags == {}
    client.delete_model_version(renamed, "2")
    assert client.get_registered_model(renamed).aliases == {}
    assert str(client.create_model_version(renamed, "runs:/none/model").version) == "3"
    client.delete_registered_model(renamed)
    for gone in (name, renamed):
        with refused("RESOURCE_DOES_NOT_EXIST"):
            client.get_registered_model(gone)


def versions_move_through_stages_and_aliases():
    name = _name("moved")
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, "runs:/none/model")

    client.transition_model_version_stage(name, "1", "staging")
    client.transition_model_version_stage(name, "2", "Staging", archive_existing_versions=True)
    newest = {version.current_stage: str(version.version) for version in client.get_latest_versions(name)}
    assert newest == {"Archived": "1", "Staging": "2", "None": "3"}
    assert [str(version.version) for version in client.get_latest_versions(name, ["Staging"])] == ["2"]
    assert client.get_latest_versions(name, ["Production"]) == []
    with refused("INVALID_PARAMETER_VALUE"):
        client.transition_model_version_stage(name, "1", "live")

    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "champion", "3")
    client.set_registered_model_alias(name, "old", "1")
    assert str(client.get_model_version_by_alias(name, "champion").version) == "3"
    assert client.get_model_version(name, "3").aliases == ["champion"]
    client.delete_registered_model_alias(name, "champion")
    with refused("INVALID_PARAMETER_VALUE"):
        client.get_model_version_by_alias(name, "champion")
    for alias in ("latest", "v1"):
        with refused("INVALID_PARAMETER_VALUE"):
            client.set_registered_model_alias(name, alias, "1")

    client.update_model_version(name, "1", "words")
    client.set_model_version_tag(name, "1", "k", "v")
    version = client.get_model_version(name, "1")
    assert (version.description, version.tags, version.aliases) == ("words", {"k": "v"}, ["old"])
    client.delete_model_version_tag(name, "1", "k")
    assert client.get_model_version(name, "1").tags == {}


def models_and_versions_are_searched():
    start = uuid.uuid4().hex[:8]
    names = [f"{start}-{letter}" for letter in "abc"]
    for name in names:
        client.create_registered_model(name, tags={"team": name[-1]})
        for number in (1, 2):
            client.create_model_version(name, f"runs:/{name}/model", tags={"n": str(number)})

    def models(filter_string, **options):
        return [model.name for model in client.search_registered_models(filter_string, **options)]

    def versions(filter_string, **options):
        found = client.search_model_versions(filter_string, **options)
        return [f"{version.name[-1]}{version.version}" for version in found]

    assert models(f"name LIKE '{start}%'") == names
    assert models(f"name ILIKE '{start.upper()}%' AND tags.team = 'b'") == names[1:2]
    assert models(f"name LIKE '{start}%'", order_by=["name DESC"]) == names[::-1]
    first = client.search_registered_models(f"name LIKE '{start}%'", max_results=2)
    rest = client.search_registered_models(f"name LIKE '{start}%'", max_results=2, page_token=first.token)
    assert [model.name for model in [*first, *rest]] == names and not rest.token
    assert versions(f"name = '{names[0]}'", order_by=["version_number ASC"]) == ["a1", "a2"]
    assert versions(f"name LIKE '{start}%' AND tags.n = '2'", order_by=["name ASC"]) == ["a2", "b2", "c2"]
    assert versions(f"run_id IN ('{names[1]}')") == ["b2", "b1"]
    assert versions(f"source_path = 'runs:/{names[2]}/model' AND version_number > 1") == ["c2"]
    assert versions(f"name LIKE '{start}%'", max_results=1, order_by=["creation_timestamp ASC"]) == ["a1"]
    for wrong in ("stage = 'Production'", "name =", "version_number = 1.5"):
        with refused("INVALID_PARAMETER_VALUE"):
            client.search_model_versions(wrong)


def places_of_others_are_no_source():
    name = _name("hostile")
    client.create_registered_model(name)
    with mlflow.start_run() as one, mlflow.start_run(nested=True) as other:
        pass
    for source in (
        "file:///etc",
        "/etc/passwd",
        f"{other.info.artifact_uri}/model",
        f"runs:/{one.info.run_id}/../../../etc",
        "http://169.254.169.254/latest",
    ):
        with refused("INVALID_PARAMETER_VALUE"):
            client.create_model_version(name, source, one.info.run_id)
