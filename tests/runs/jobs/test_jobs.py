"""Work that goes on without the page that asked for it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from runs.jobs import registry
from runs.jobs.progress import Progress
from runs.jobs.queue import claim, has_ready
from runs.jobs.states import begin
from runs.jobs.upkeep import prune, take_back_lost
from runs.models import Job, JobState
from runs.services.jobs import start_job, stop_job
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(monkeypatch):
    """Kinds of jobs of this test alone: `works["kind"] = work`."""
    registry._import_all()
    works = dict(registry._works)
    monkeypatch.setattr(registry, "_works", works)
    monkeypatch.setattr("runs.jobs.progress.TOLD_SECONDS", 0)
    return works


def start(kind: str = "count", *, title: str = "Count", **options) -> Job:
    return start_job(kind, title=title, arguments=options.pop("arguments", {}), user=None, **options)


def test_a_job_is_done_by_the_worker_and_keeps_its_result(works, work_jobs):
    def count(progress, upto):
        for number in range(upto):
            progress(number, upto)
        progress(upto, upto)
        return {"text": "counted"}

    works["count"] = count

    job = start(arguments={"upto": 3})
    assert (job.state, job.done) == (JobState.WAITING, 0)
    assert work_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert job.result == {"text": "counted"}
    assert job.creation_time <= job.start_time <= job.end_time


def test_a_job_that_is_stopped_while_it_waits_never_starts(works, work_jobs):
    works["count"] = lambda progress: pytest.fail("it was started")

    job = start()
    stop_job(job)
    work_jobs()

    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    assert job.end_time


def test_a_job_that_is_stopped_while_it_runs_ends_where_it_tells_its_progress(works, work_jobs):
    def count(progress):
        progress(1, 10)
        stop_job(Job.objects.get())
        progress(2, 10)
        pytest.fail("it went on")

    works["count"] = count

    job = start()
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.STOPPED, 2, 10)


def test_an_error_for_people_is_told_and_another_is_only_named(works, work_jobs):
    def refuse(progress):
        raise InvalidParameterValue("20 runs are needed, and there are 3.")

    def crash(progress):
        raise ValueError("/home/ana/secret")

    works.update(refuse=refuse, crash=crash)

    refused, crashed = start("refuse"), start("crash")
    work_jobs()

    refused.refresh_from_db()
    crashed.refresh_from_db()
    assert (refused.state, crashed.state) == (JobState.FAILED, JobState.FAILED)
    assert refused.error == "20 runs are needed, and there are 3."
    assert "ValueError" in crashed.error
    assert "secret" not in crashed.error


def test_a_kind_that_nobody_knows_fails(work_jobs):
    job = start("of another release")

    work_jobs()

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "of another release" in job.error


def test_the_same_work_is_not_done_twice(works, work_jobs):
    works["count"] = lambda progress: None
    first = start(fingerprint="a")

    assert start(fingerprint="a") == first
    work_jobs()
    assert start(fingerprint="a") == first
    assert start(fingerprint="b") != first
    assert start() != start()


def test_what_failed_is_tried_again_when_it_is_asked_for_again(works, work_jobs):
    def refuse(progress):
        raise InvalidParameterValue("no")

    works["count"] = refuse
    first = start(fingerprint="a")
    work_jobs()

    assert start(fingerprint="a") != first


def test_a_worker_that_must_end_leaves_the_job_to_the_next(works, monkeypatch):
    def count(progress):
        monkeypatch.setattr(Progress, "is_interrupted", True)
        progress(1, 2)

    works["count"] = count
    job = start()

    from runs.jobs.queue import work

    work(claim("first"))

    job.refresh_from_db()
    task = DBTaskResult.objects.get()
    assert job.state == JobState.WAITING
    assert (task.status, task.worker_ids) == (TaskResultStatus.READY, [])


def lose(job: Job) -> None:
    """As if a worker had taken it and died two minutes ago."""
    task = claim("lost")
    begin(job.pk)
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(minutes=2))
    Job.objects.filter(pk=job.pk).update(beat_time=now_ms() - 120_000)


def test_a_job_whose_worker_was_lost_is_done_by_another(works, work_jobs):
    works["count"] = lambda progress: None
    job = start()
    lose(job)

    assert take_back_lost() == 1
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    work_jobs()

    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_job_that_three_workers_died_over_fails(works):
    job = start()
    for _ in range(3):
        lose(job)
        take_back_lost()

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "three times" in job.error
    assert not has_ready()


def test_a_worker_that_was_heard_of_is_not_lost(works):
    job = start()
    lose(job)
    Job.objects.update(beat_time=now_ms())

    assert take_back_lost() == 0


def test_old_tasks_are_pruned_and_jobs_stay(works, work_jobs):
    works["count"] = lambda progress: None
    start()
    start()
    work_jobs()
    DBTaskResult.objects.filter(pk=DBTaskResult.objects.first().pk).update(
        finished_at=timezone.now() - timedelta(days=8)
    )

    assert prune() == 1

    assert DBTaskResult.objects.count() == 1
    assert Job.objects.count() == 2


def test_looking_for_work_is_one_read(django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert not has_ready()

    assert queries[0]["sql"].startswith("SELECT")
