"""Changes to many runs, ticked or all that match: asked about, then done in the background."""

import json

import pytest

from runs.models import AuditEntry, Job, JobState, Run
from tests.clients import parse
from tests.factories import make_experiment, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiment():
    return make_experiment("covtype")


def url(experiment, action="", query=""):
    return f"/experiments/{experiment.pk}/" + (f"runs/{action}" if action else "") + query


def confirmed(html, **fields) -> dict:
    """What the page's form would send."""
    sent = {field["name"]: field["value"] for field in html.select("form.form input[type=hidden]")}
    sent.pop("csrfmiddlewaretoken", None)
    if ticked := [field["value"] for field in html.select("form.form input[name=runs]")]:
        sent["runs"] = ticked
    return {**sent, "confirmed": "yes", **fields}


def do(pages, work_jobs, address, **fields) -> Job:
    """Ask, confirm, work; the job."""
    html = pages.html(address)
    response = pages.post(address, confirmed(html, **fields))
    assert response.status_code == 302, parse(response).select_one("main").get_text()
    work_jobs()
    job = Job.objects.latest("pk")
    assert response["Location"] == f"/jobs/{job.pk}"
    assert job.state == JobState.DONE, job.error
    return job


def test_ticks_are_a_plain_form_that_goes_to_compare(pages, experiment):
    run = make_run(experiment)

    form = pages.html(url(experiment)).select_one("form.listing")

    assert form["method"] == "get"
    assert form["action"] == "/compare/"
    assert form.select_one("input[name=runs]")["value"] == run.run_id


def test_ticked_runs_are_asked_about_then_changed_alone(pages, experiment, work_jobs):
    doomed, kept = make_run(experiment, name="doomed"), make_run(experiment, name="kept")
    foreign = make_run(name="of another experiment")
    ticks = {"runs": [doomed.run_id, foreign.run_id]}

    question = parse(pages.post(url(experiment, "archive"), ticks))
    assert "Archive 1 run?" in question.get_text()
    assert Run.objects.active().count() == 3

    pages.post(url(experiment, "archive"), confirmed(question))
    work_jobs()

    assert set(Run.objects.active()) == {kept, foreign}
    assert Job.objects.get().result["text"] == "1 run archived."


def test_all_that_match_are_counted_and_changed(pages, experiment, work_jobs):
    for number in range(30):
        make_run(experiment, params={"lr": str(number)})
    address = url(experiment, "tag", "?q=params.lr+%3E%3D+10")

    html = pages.html(address)
    assert html.h1.get_text() == "Tag 20 runs…"
    assert "all that match params.lr >= 10" in html.select_one(".ask").get_text()
    assert "and 12 more" in html.select_one(".chosen").get_text()
    job = do(pages, work_jobs, address, key="best", value="yes")

    assert job.result["text"] == "20 runs tagged."
    tagged = Run.objects.filter(tags__key__name="best", tags__value="yes")
    assert {run.params.get().value for run in tagged} == {str(number) for number in range(10, 30)}


def test_runs_made_after_the_question_are_not_touched(pages, experiment, work_jobs):
    make_run(experiment)
    html = pages.html(url(experiment, "archive"))
    later = make_run(experiment)

    pages.post(url(experiment, "archive"), confirmed(html))
    work_jobs()

    assert list(Run.objects.active().filter(experiment=experiment)) == [later]


def test_another_count_than_the_one_confirmed_is_asked_about_again(pages, experiment, work_jobs):
    first, second = make_run(experiment), make_run(experiment)
    html = pages.html(url(experiment, "archive"))
    Run.objects.filter(pk=first.pk).update(lifecycle_stage="deleted")

    response = pages.post(url(experiment, "archive"), confirmed(html))

    assert response.status_code == 400
    assert "Nothing has been done" in parse(response).get_text()
    assert parse(response).h1.get_text() == "Archive 1 run?"
    assert not Job.objects.exists()
    assert Run.objects.active().filter(pk=second.pk).exists()


def test_a_form_sent_twice_is_one_job(pages, experiment):
    make_run(experiment)
    sent = confirmed(pages.html(url(experiment, "archive")))

    assert (
        pages.post(url(experiment, "archive"), sent)["Location"]
        == pages.post(url(experiment, "archive"), sent)["Location"]
    )
    assert Job.objects.count() == AuditEntry.objects.count() == 1


def test_archived_runs_are_restored(pages, experiment, work_jobs):
    run = make_run(experiment, lifecycle_stage="deleted")

    do(pages, work_jobs, url(experiment, "restore", "?view=deleted"))

    run.refresh_from_db()
    assert run.is_active
    assert run.deleted_time is None


def test_only_archived_runs_can_be_deleted_for_good(pages, experiment, work_jobs):
    active, archived = make_run(experiment), make_run(experiment, lifecycle_stage="deleted")

    html = pages.html(url(experiment, "remove", "?view=all"))
    assert "This cannot be undone" in html.get_text()
    assert "1 of them is passed over: not archived" in html.get_text()
    do(pages, work_jobs, url(experiment, "remove", "?view=all"))

    assert list(Run.objects.filter(experiment=experiment)) == [active]
    assert pages.get(f"/runs/{archived.run_id}/").status_code == 404


def test_nothing_to_do_says_why(pages, experiment):
    make_run(experiment)

    html = pages.html(url(experiment, "remove"))

    assert "archive them first" in html.select_one(".ask").get_text()
    assert not html.select("form.form")


def test_runs_are_moved_to_an_experiment_by_name_or_number(pages, experiment, work_jobs):
    target = make_experiment("target")
    run = make_run(experiment, name="traveller")

    html = pages.html(url(experiment, "move"))
    assert "target" in [option["value"] for option in html.select("#targets option")]
    job = do(pages, work_jobs, url(experiment, "move"), target="target")

    run.refresh_from_db()
    assert run.experiment == target
    assert job.result["path"] == f"/experiments/{target.pk}/"
    do(pages, work_jobs, url(target, "move"), target=str(experiment.pk))
    run.refresh_from_db()
    assert run.experiment == experiment


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [
        ("move", {"target": "nowhere"}, "no other active experiment"),
        ("move", {"target": "covtype"}, "no other active experiment"),
        ("move", {"target": "9" * 18}, "no other active experiment"),
        ("move", {}, "required"),
        ("tag", {"key": "mlflow.runName", "value": "x"}, "each run's own"),
        ("tag", {"key": "a\x01b", "value": "x"}, "Invalid value"),
        ("tag", {"key": "k" * 300, "value": "x"}, "at most 250"),
        ("untag", {"key": ""}, "required"),
    ],
)
def test_what_cannot_be_done_is_told_beside_the_field(pages, experiment, action, fields, told):
    make_run(experiment)
    html = pages.html(url(experiment, action))

    response = pages.post(url(experiment, action), confirmed(html, **fields))

    assert response.status_code == 400
    assert told in parse(response).select_one(".errorlist").get_text()
    assert not Job.objects.exists()


def test_the_change_is_in_the_audit_list(pages, experiment, work_jobs):
    make_run(experiment)

    job = do(pages, work_jobs, url(experiment, "tag", "?q=status+%3D+'RUNNING'"), key="a", value="b")

    entry = AuditEntry.objects.get(action="runs.tag")
    assert entry.experiment_id == experiment.pk
    assert entry.detail == {
        "count": 1,
        "runs": "all that match status = 'RUNNING'",
        "job": job.pk,
        "key": "a",
        "value": "b",
    }


def test_a_filter_that_cannot_be_read_is_shown_where_it_breaks_off(pages, experiment):
    response = pages.get(url(experiment, "archive", "?q=params.lr+%3E"))

    assert response.status_code == 400
    assert parse(response).select_one("#complaint")


def test_what_nobody_can_do(pages, experiment):
    assert pages.get(url(experiment, "explode")).status_code == 404
    assert pages.get("/experiments/777777/runs/archive").status_code == 404


def test_too_many_ticks_are_refused_in_words(pages, experiment):
    response = pages.post(url(experiment, "archive"), {"runs": [f"{number:032x}" for number in range(501)]})

    assert response.status_code == 400
    assert "At most 500 runs" in parse(response).select_one("main").get_text()


def test_the_table_offers_all_that_match_with_its_filter(pages, experiment):
    make_run(experiment, params={"lr": "1"})

    html = pages.html(url(experiment, query="?q=params.lr+%3D+'1'&page=1"))

    links = {link.get_text(): link["href"] for link in html.select(".selection .menu a")}
    assert links["Archive…"].startswith(url(experiment, "archive", "?q="))
    assert "page=" not in links["Archive…"]
    assert "Restore…" not in links


def test_hostile_names_are_text(pages, experiment):
    make_run(experiment, name="<script>alert(1)</script>")

    html = pages.html(url(experiment, "archive"))

    assert "<script>alert(1)</script>" in html.select_one(".chosen").get_text()
    assert not html.select(".chosen script")


def test_the_arguments_of_a_job_are_json(pages, experiment, work_jobs):
    make_run(experiment)
    job = do(pages, work_jobs, url(experiment, "archive"))

    assert set(json.loads(json.dumps(job.arguments))) == {"action", "experiment", "runs", "options"}
