"""Ticked runs: compared, deleted, restored."""

import pytest

from runs.models import Run
from tests.clients import parse
from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def test_ticks_are_a_plain_form_that_goes_to_compare(pages, experiment):
    run = make_run(experiment)

    form = pages.html(url(experiment)).select_one("form.listing")

    assert form["method"] == "get"
    assert form["action"] == "/compare/"
    assert form.select_one("input[name=runs]")["value"] == run.run_id


def test_deleting_ticked_runs_asks_then_deletes_them_alone(pages, experiment):
    doomed, kept = make_run(experiment, name="doomed"), make_run(experiment, name="kept")
    foreign = make_run(name="of another experiment")
    ticks = {"runs": [doomed.run_id, foreign.run_id]}

    question = parse(pages.post(url(experiment, "runs/delete"), ticks))
    assert "Delete 1 run?" in question.get_text()
    assert Run.objects.active().count() == 3

    response = pages.post(url(experiment, "runs/delete"), ticks | {"confirmed": "yes"}, follow=True)

    assert "1 run deleted." in parse(response).select_one(".messages").get_text()
    assert set(Run.objects.active()) == {kept, foreign}


def test_restoring_ticked_runs(pages, experiment):
    run = make_run(experiment, lifecycle_stage="deleted")

    pages.post(url(experiment, "runs/restore"), {"runs": [run.run_id], "confirmed": "yes"})

    run.refresh_from_db()
    assert run.is_active
    assert run.deleted_time is None


def test_the_question_can_be_linked_to_and_changes_nothing(pages, experiment):
    run = make_run(experiment, name="asked")

    html = pages.html(url(experiment, "runs/delete"), {"runs": run.run_id, "confirmed": "yes"})

    assert "asked" in html.select_one(".chosen").get_text()
    assert Run.objects.active().count() == 1


def test_too_many_ticks_are_refused_in_words(pages, experiment):
    response = pages.post(url(experiment, "runs/delete"), {"runs": [f"{number:032x}" for number in range(501)]})

    assert response.status_code == 400
    assert "At most 500 runs" in parse(response).select_one("main").get_text()
