"""Create, edit, delete and restore an experiment by the forms of its pages."""

import pytest
from django.test import Client

from runs.models import Experiment
from tests.clients import parse
from tests.factories import make_experiment, make_run


def tags_of(experiment):
    return dict(experiment.tags.values_list("key__name", "value"))


def form_data(name, *, note="", **tags):
    return {"name": name, "note": note, "tags_key": list(tags), "tags_value": list(tags.values())}


def test_an_experiment_is_made_with_note_and_tags(pages):
    response = pages.post("/experiments/new", form_data("covtype", note="## Plan", team="tabular"))

    experiment = Experiment.objects.get(name="covtype")
    assert response["Location"] == f"/experiments/{experiment.pk}/"
    assert tags_of(experiment) == {"mlflow.note.content": "## Plan", "team": "tabular"}


@pytest.mark.parametrize("name", ["Default", "   ", ""])
def test_a_name_that_is_taken_or_blank_is_said_on_the_form(pages, name):
    response = pages.post("/experiments/new", form_data(name, team="x"))

    html = parse(response)
    assert response.status_code == 400
    assert html.select_one(".failure, .errorlist")
    assert html.select_one("input[name=tags_value]")["value"] == "x"


def test_edit_renames_sets_changes_and_removes(pages):
    experiment = make_experiment("old", tags={"keep": "1", "change": "1", "remove": "1", "mlflow.hidden": "stays"})

    pages.post(f"/experiments/{experiment.pk}/edit", form_data("new", note="hello", keep="1", change="2", added="3"))

    experiment.refresh_from_db()
    assert experiment.name == "new"
    assert tags_of(experiment) == {
        "keep": "1",
        "change": "2",
        "added": "3",
        "mlflow.hidden": "stays",
        "mlflow.note.content": "hello",
    }


def test_the_form_shows_what_there_is(pages):
    experiment = make_experiment("shown", tags={"team": "a", "mlflow.note.content": "note <b>"})

    html = pages.html(f"/experiments/{experiment.pk}/edit")

    assert html.select_one("input[name=name]")["value"] == "shown"
    assert html.select_one("textarea[name=note]").get_text().strip() == "note <b>"
    assert [field["value"] for field in html.select("input[name=tags_key]")][:1] == ["team"]


def test_delete_asks_first_and_says_how_many_runs_go_with_it(pages):
    experiment = make_experiment("doomed")
    make_run(experiment)

    question = pages.html(f"/experiments/{experiment.pk}/delete")
    experiment.refresh_from_db()

    assert "Its 1 run is deleted with it." in question.select_one(".ask").get_text()
    assert experiment.is_active

    pages.post(f"/experiments/{experiment.pk}/delete")
    experiment.refresh_from_db()

    assert not experiment.is_active
    assert not experiment.runs.active().exists()


def test_restore_brings_it_back_with_its_runs(pages):
    experiment = make_experiment("back")
    make_run(experiment)
    pages.post(f"/experiments/{experiment.pk}/delete")

    pages.post(f"/experiments/{experiment.pk}/restore")

    experiment.refresh_from_db()
    assert experiment.is_active
    assert experiment.runs.active().count() == 1


def test_a_deleted_experiment_cannot_be_edited_and_says_why(pages):
    experiment = make_experiment("gone", lifecycle_stage="deleted")

    response = pages.post(f"/experiments/{experiment.pk}/edit", form_data("new"))

    assert response.status_code == 400
    assert "must be in the 'active' state" in parse(response).select_one(".failure").get_text()


def test_restoring_what_is_not_deleted_is_a_page_with_the_reason(pages):
    experiment = make_experiment("active")

    response = pages.post(f"/experiments/{experiment.pk}/restore")

    assert response.status_code == 404
    assert parse(response).select_one("h1").get_text() == "Not found"


def test_get_changes_nothing(pages):
    experiment = make_experiment("safe")

    assert pages.get(f"/experiments/{experiment.pk}/restore").status_code == 405
    pages.get(f"/experiments/{experiment.pk}/delete", {"confirmed": "yes"})

    experiment.refresh_from_db()
    assert experiment.is_active


@pytest.mark.parametrize("path", ["/experiments/new", "/experiments/0/edit", "/experiments/0/delete"])
def test_forms_need_their_token(db, path):
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")

    assert client.post(path, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("experiment_id", ["999", "9" * 18, "9" * 25, "-1", "1 OR 1=1"])
def test_what_is_not_there_is_404(pages, experiment_id):
    for path in ("", "edit", "delete", "columns", "runs.csv", "complete"):
        assert pages.get(f"/experiments/{experiment_id}/{path}").status_code == 404
