"""Background jobs as people see them."""

import json

import pytest

from runs.jobs import registry
from runs.models import Job, JobState
from runs.services.jobs import start_job
from tests.clients import parse
from tests.factories import make_experiment
from trackui.clock import now_ms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _work(monkeypatch):
    registry._import_all()
    monkeypatch.setattr(registry, "_works", {**registry._works, "test": lambda progress: {"text": "ok", "path": "/x"}})


def start(title: str = "Count sheep", **options) -> Job:
    return start_job("test", title=title, arguments={}, user=None, **options)


def change(job: Job, **fields) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)


def test_the_list_names_jobs_with_how_far_they_have_come(pages):
    experiment = make_experiment("covtype")
    job = start("<b>Delete</b> 3,412 runs", experiment=experiment)
    change(job, state=JobState.RUNNING, done=1_200, total=2_400, start_time=now_ms() - 1_200_000)

    html = pages.html("/jobs/")

    (row,) = html.select("tbody tr")
    assert "<b>Delete</b> 3,412 runs" in row.get_text()
    assert "1,200 of 2,400" in row.get_text()
    assert "20 m 0" in row.get_text() and "left" in row.get_text()
    assert row.select_one("progress")["value"] == "50.0"
    assert row.select_one(f"a[href='/experiments/{experiment.pk}/']").get_text() == "covtype"


def test_a_job_is_followed_stopped_and_found_again(pages, work_jobs):
    job = start()
    html = pages.html(f"/jobs/{job.pk}")
    assert html.select_one(".job-state").get_text() == "waiting"
    assert html.select_one("#job")["data-live-every"] == "1"

    response = pages.post(f"/jobs/{job.pk}/stop", follow=True)

    assert parse(response).select_one(".job-state").get_text() == "stopped"
    assert not parse(response).select("form[action$='/stop']")
    assert pages.html("/jobs/").select_one(f"a[href='/jobs/{job.pk}']")


def test_a_job_that_is_done_links_to_its_result(pages, work_jobs):
    job = start()
    work_jobs()

    html = pages.html(f"/jobs/{job.pk}")

    assert html.select_one(".job-state").get_text() == "done"
    assert html.select_one("a.button.main")["href"] == "/x"


@pytest.mark.parametrize("path", ["https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)", 5])
def test_a_result_links_to_nowhere_else(pages, path):
    job = start()
    change(job, state=JobState.DONE, result={"path": path})

    assert not pages.html(f"/jobs/{job.pk}").select("a.button.main")


def test_a_failure_is_told_as_text(pages):
    job = start()
    change(job, state=JobState.FAILED, error="20 runs are needed <script>")

    html = pages.html(f"/jobs/{job.pk}")

    assert "20 runs are needed <script>" in html.select_one("[role=alert]").get_text()


def test_a_job_that_nobody_takes_says_what_to_do(pages):
    job = start()
    change(job, creation_time=now_ms() - 60_000)

    assert "manage.py worker" in pages.html(f"/jobs/{job.pk}").select_one("#job").get_text()


def test_a_waiting_job_says_how_many_are_before_it(pages):
    start()
    job = start()

    assert "waits for 1 other job" in pages.html(f"/jobs/{job.pk}").get_text()


def test_what_has_not_moved_is_not_sent_again(pages):
    job = start()
    change(job, state=JobState.DONE)
    headers = {"hx-request": "true"}
    first = pages.get(f"/jobs/{job.pk}", headers=headers)

    again = pages.get(f"/jobs/{job.pk}", headers={**headers, "if-none-match": first["ETag"]})

    assert again.status_code == 304


def test_older_jobs_are_on_further_pages(pages, monkeypatch):
    monkeypatch.setattr("runs.queries.jobs.PAGE_SIZE", 2)
    jobs = [start(f"job {number}") for number in range(3)]

    html = pages.html("/jobs/")
    older = pages.html(f"/jobs/{html.select_one('.foot a')['href']}")

    assert len(html.select("tbody tr")) == 2
    assert [row.get_text(strip=True) for row in older.select("tbody th")] == [jobs[0].title]


def test_the_list_costs_the_same_for_many_jobs(pages, django_assert_max_num_queries):
    for number in range(12):
        start(f"job {number}", experiment=make_experiment())

    with django_assert_max_num_queries(2):
        pages.get("/jobs/")


@pytest.mark.parametrize("address", ["/jobs/?before=x", "/jobs/?before=-1", f"/jobs/?before={'9' * 30}"])
def test_a_malformed_address_is_told(pages, address):
    response = pages.get(address)

    assert response.status_code == 400
    assert "before" in parse(response).select_one("main").get_text()


def test_a_job_that_is_not_there(pages):
    assert pages.get("/jobs/77").status_code == 404
    assert pages.post("/jobs/77/stop").status_code == 404
    assert pages.get("/jobs/1/stop").status_code == 405


def test_all_jobs_as_a_file(pages):
    job = start("=cmd()")

    answer = pages.get("/jobs.json")

    (row,) = json.loads(b"".join(answer.streaming_content))
    assert (row["job"], row["title"], row["state"]) == (job.pk, "=cmd()", "waiting")
