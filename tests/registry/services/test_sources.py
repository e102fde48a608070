"""Where the files of a version may be, and what that says of its run and its logged model."""

import random

import pytest

from registry.models import ModelVersion
from registry.services.model_versions import create_model_version
from registry.services.sources import Source, resolved_source
from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.services.logged_models import create_logged_model, delete_logged_model
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist
from trackui.linear_regex import compile_pattern

pytestmark = pytest.mark.django_db


def resolved(source, **named):
    return resolved_source(source, **named, user=None)


def model_of(run, name="model"):
    return create_logged_model("0", name=name, source_run_id=run.run_id, params={}, tags={}, user=None)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "model",
        "/etc/passwd",
        "file:///etc",
        "file:/etc/passwd",
        "FILE:///etc",
        "//host/x",
        "http://169.254.169.254/latest",
        "https://example.org/mlflow-artifacts/artifacts/1/{run}/artifacts/model",
        "ftp://host/x",
        "s3://bucket/x",
        "dummy-source",
        "mlflow-artifacts:/",
        "mlflow-artifacts:/0",
        "mlflow-artifacts:/0/{run}",
        "mlflow-artifacts:/0/{run}/artifactsx",
        "mlflow-artifacts:/0/{run}/artifacts/../../{other}/artifacts",
        "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/x",
        "mlflow-artifacts:/0/{run}/artifacts/%252e%252e/x",
        "mlflow-artifacts:/0/{run}/artifacts/a%00b",
        "mlflow-artifacts:/0/{run}/artifacts/a#b",
        "mlflow-artifacts:/0/{run}/artifacts/a?b",
        "mlflow-artifacts:/0/{run}/artifacts/a;b",
        "mlflow-artifacts:/0/{run}/artifacts/a\\b",
        "mlflow-artifacts:/0/{run}/artifacts/a\tb",
        "mlflow-artifacts://host/0/{run}/artifacts/model",
        "mlflow-artifacts:/0/{other}/artifacts/model",
        "runs:/{run}",
        "runs:/{run}/../../../etc",
        "runs:/{run}/%2e%2e/x",
        "runs:/{run}/a//b",
        "runs:/../x/model",
        "runs:///x",
        "runs:/{other}/model",
        "models:/M",
        "models:/M/1; touch f",
        "models:/M@champion",
        "models:/M/Production",
        "models:/../../etc",
        "mlflow-artifacts:/" + "a" * 2048,
    ],
)
def test_refused(source):
    run, other = make_run(), make_run()
    make_model_version(make_registered_model("M"))
    with pytest.raises(InvalidParameterValue):
        resolved(source.format(run=run.run_id, other=other.run_id), run_id=run.run_id)


def test_whatever_is_accepted_lies_within_the_run():
    """Of pieces that have led out of other servers, put together by chance."""
    run, other = make_run(), make_run()
    root = stored_path(run.artifact_uri).segments
    pieces = [
        "..",
        "%2e%2e",
        "%252e%252e",
        ".",
        "",
        "a",
        "a b",
        "%41",
        "artifacts",
        "0",
        run.run_id,
        other.run_id,
        "é",
        ";x",
    ]
    starts = [f"{run.artifact_uri}/", f"runs:/{run.run_id}/", "mlflow-artifacts:/", "mlflow-artifacts:", "runs:/", "/"]
    chance, accepted = random.Random(5), 0
    for _ in range(600):
        path = "/".join(chance.choices(pieces, k=chance.randint(1, 5)))
        try:
            found = resolved(chance.choice(starts) + path, run_id=run.run_id)
        except InvalidParameterValue:
            continue
        assert stored_path(found.storage_location).segments[: len(root)] == root
        accepted += 1
    assert accepted > 20


def test_a_run_that_is_not_there_opens_no_place():
    other = make_run()
    with pytest.raises(InvalidParameterValue):
        resolved(f"{other.artifact_uri}/model", run_id="1" * 32)


def test_a_place_of_the_named_run_or_model():
    run, logged = make_run(), make_logged_model()
    place = f"{run.artifact_uri}/deep/model"
    assert resolved(place, run_id=run.run_id) == Source(place, run.run_id)
    assert resolved(f"{place}/", run_id=run.run_id).storage_location == place
    assert resolved(logged.artifact_uri, model_id=logged.model_id) == Source(logged.artifact_uri, "", logged.model_id)


def test_a_place_says_whose_it_is():
    run = make_run()
    logged = model_of(run)
    assert resolved(f"{run.artifact_uri}/model") == Source(f"{run.artifact_uri}/model", run.run_id)
    assert resolved(logged.artifact_uri) == Source(logged.artifact_uri, run.run_id, logged.model_id)


def test_a_place_in_a_store_that_is_allowed(settings):
    settings.TRACKUI_LOCATION_SCHEMES = ["s3"]
    assert resolved("s3://bucket/model", run_id="r") == Source("s3://bucket/model", "r")
    for unsafe in ("s3://bucket/../x", "s3:///x", "s3://bucket/a?b"):
        with pytest.raises(InvalidParameterValue):
            resolved(unsafe)


def test_a_path_of_a_run():
    run = make_run()
    assert resolved(f"runs:/{run.run_id}/a/b") == Source(f"{run.artifact_uri}/a/b", run.run_id)
    assert resolved("runs:/run_id/model") == Source("runs:/run_id/model", "run_id")
    assert resolved("runs:/run_id/model", run_id="another") == Source("runs:/run_id/model", "another")


def test_a_path_of_a_run_may_be_its_logged_model(artifact_root):
    run = make_run()
    model_of(run)
    logged = model_of(run)
    address = f"runs:/{run.run_id}/model"
    assert resolved(address) == Source(logged.artifact_uri, run.run_id, logged.model_id)

    save_artifact(stored_path(run.artifact_uri) / file_path("model/MLmodel"), [b"x"])
    assert resolved(address) == Source(f"{run.artifact_uri}/model", run.run_id)


def test_a_logged_model():
    run = make_run()
    logged = model_of(run)
    expected = Source(logged.artifact_uri, run.run_id, logged.model_id)
    assert resolved(f"models:/{logged.model_id}") == expected
    assert resolved(f"models:/{logged.model_id}", model_id=logged.model_id) == expected
    with pytest.raises(InvalidParameterValue):
        resolved(f"models:/{logged.model_id}", model_id=model_of(run).model_id)
    delete_logged_model(logged.model_id, user=None)
    for gone in (logged.model_id, "m-" + "0" * 32):
        with pytest.raises(ResourceDoesNotExist):
            resolved(f"models:/{gone}")
        with pytest.raises(ResourceDoesNotExist):
            resolved("runs:/r/model", model_id=gone)


def test_a_copy_keeps_what_its_original_was_made_of():
    run = make_run()
    logged = model_of(run)
    make_model_version(make_registered_model("My model"), source=f"models:/{logged.model_id}")
    assert resolved("models:/My model/1") == Source(logged.artifact_uri, run.run_id, logged.model_id)
    assert resolved("models:/My model/1", run_id="mine").run_id == "mine"
    for missing in ("models:/My model/2", "models:/Other/1"):
        with pytest.raises(ResourceDoesNotExist):
            resolved(missing)


def test_no_tag_opens_a_place():
    """A prompt has no files: it says so, and nothing is ever read for it."""
    make_registered_model("P")
    tags = {"mlflow.prompt.is_prompt": "true"}
    create_model_version("P", source="dummy-source", tags=tags, user=None)
    assert ModelVersion.objects.get().storage_location == ""
    with pytest.raises(InvalidParameterValue):
        create_model_version("P", source="file:///etc", tags=tags, user=None)


def test_the_operator_narrows_sources_to_an_expression(settings):
    settings.TRACKUI_MODEL_SOURCES = compile_pattern("models:/m-[0-9a-f]+|runs:/.*/approved")
    run = make_run()

    assert resolved(f"runs:/{run.run_id}/approved").run_id == run.run_id
    for source in (f"runs:/{run.run_id}/model", f"runs:/{run.run_id}/approved/x", f"xruns:/{run.run_id}/approved"):
        with pytest.raises(InvalidParameterValue, match="operator"):
            resolved(source)
