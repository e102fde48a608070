"""Registering a model of a run in two clicks, and what run pages say of it."""

import json

import pytest

from registry.models import ModelAlias, ModelVersion, RegisteredModel
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import ModelInput, ModelOutput
from runs.services.model_history import append_model_history
from tests.clients import parse
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run


@pytest.fixture
def run(db):
    """A run that made a logged model."""
    run = make_run(name="winner")
    ModelOutput.objects.create(run=run, model_id=make_logged_model(name="forest").model_id, step=0)
    return run


def post_form(pages, address, **fields):
    """Send the form of a page as it stands, with these fields changed."""
    form = parse(pages.get(address)).select_one("main form[method=post]")
    given = {field["name"]: field.get("value", field.get_text()) for field in form.select("input[name], textarea")}
    for choice in form.select("select"):
        given[choice["name"]] = (choice.select_one("[selected]") or choice.select_one("option"))["value"]
    return pages.post(address, given | fields)


def test_two_clicks_register_the_model_of_a_run(pages, run):
    link = pages.html(f"/runs/{run.run_id}/").find("a", string="Register model")["href"]

    response = post_form(pages, link, name="churn", alias="@candidate", description="first")

    version = ModelVersion.objects.get()
    assert response["Location"] == "/models/churn/versions/1/"
    assert (version.run_id, version.description) == (run.run_id, "first")
    assert version.source == f"models:/{version.model_id}"
    assert ModelAlias.objects.get().alias == "candidate"


def test_the_name_that_the_experiment_uses_is_offered(pages, run):
    make_model_version(make_registered_model("churn"), run=make_run())
    make_registered_model("other")

    page = pages.html(f"/model-versions/register?run={run.run_id}")

    assert page.select_one("#id_name")["value"] == "churn"
    assert "Model of the run" not in page.get_text()
    assert {option["value"] for option in page.select("#model_names option")} == {"churn", "other"}


def test_the_run_tells_the_versions_made_of_it(pages, run):
    model = make_registered_model("churn")
    make_model_version(model, run=run)
    make_model_version(model)
    transition_stage("churn", 1, "Production", user=None)
    set_alias("churn", "champion", 1, user=None)

    section = pages.html(f"/runs/{run.run_id}/").select_one("section[aria-labelledby=versions-title]")

    words = section.get_text(" ", strip=True)
    assert "churn version 1 Production @champion" in words
    assert "version 2" not in words
    again = pages.html(f"/model-versions/register?run={run.run_id}").select_one(".ask").get_text(" ", strip=True)
    assert "It is already churn 1" in again


def test_a_folder_among_the_artifacts_is_registered(pages, artifact_root):
    run = make_run()
    save_artifact(stored_path(run.artifact_uri) / file_path("net/MLmodel"), [b"flavors: {}\n"])
    page = pages.html(f"/runs/{run.run_id}/artifacts", {"path": "net"})
    link = page.find("a", string="Register model")["href"]

    post_form(pages, link, name="net")

    assert ModelVersion.objects.get().source == f"runs:/{run.run_id}/net"
    assert pages.html(f"/runs/{run.run_id}/artifacts").find("a", string="Register model") is None


def test_models_of_older_clients_are_offered(pages, run):
    told = {"artifact_path": "old/model", "flavors": {}, "utc_time_created": "now", "run_id": run.run_id}
    append_model_history(run.run_id, json.dumps(told), user=None)

    page = pages.html(f"/model-versions/register?run={run.run_id}")

    assert [option.get_text() for option in page.select("#id_source option")] == ["forest", "old/model"]


def test_a_model_that_was_read_is_registered_as_of_who_made_it(pages, run):
    other = make_run()
    ModelInput.objects.create(run=other, model_id=ModelOutput.objects.get().model_id)

    post_form(pages, f"/model-versions/register?run={other.run_id}", name="copy")

    assert ModelVersion.objects.get().run_id != other.run_id


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "a/b"}, "must not have a '/'"),
        ({"name": ""}, "required"),
        ({"name": "x", "alias": "v7"}, "reserved"),
        ({"name": "x", "description": "d" * 5001}, "5000"),
        ({"name": "x", "source": "runs:/elsewhere/model"}, "not one of the available choices"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_nothing_is_made(pages, run, fields, said):
    response = post_form(pages, f"/model-versions/register?run={run.run_id}", **fields)

    assert response.status_code == 400
    errors = " ".join(error.get_text() for error in parse(response).select(".errorlist"))
    assert said in errors
    assert not RegisteredModel.objects.exists()


def test_a_run_without_a_model_says_how_to_log_one(pages):
    page = pages.html(f"/model-versions/register?run={make_run().run_id}")

    assert "log_model" in page.select_one(".empty code").get_text()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("run=nobody", 404),
        ("run=%00", 404),
        ("run={run}&source=runs:/other/x", 400),
        ("run={run}&source=%00", 400),
    ],
)
def test_an_address_that_names_no_model_says_so(pages, run, query, status):
    assert pages.get(f"/model-versions/register?{query.format(run=run.run_id)}").status_code == status
