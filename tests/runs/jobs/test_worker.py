"""The process that does jobs, as a process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from runs.models import Job, JobState
from runs.services.jobs import start_job, stop_job
from tests.processes import children, is_running, wait_for
from tests.servers import REPOSITORY

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="finds the children in /proc")


@pytest.fixture
def worker(transactional_db, request):
    """A started worker on the database of the test."""
    database = settings.DATABASES["default"]
    if request.config.postgres is None:
        url = f"sqlite:///{database['NAME']}"
    else:
        url = f"{request.config.postgres.url.rpartition('/')[0]}/{database['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.runs.jobs.slow_worker"],
        cwd=REPOSITORY,
        env={**os.environ, "TRACKUI_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "trackui.settings"},
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def start(kind: str) -> Job:
    return start_job(kind, title=kind, arguments={}, user=None)


def is_in(job: Job, state: JobState) -> bool:
    job.refresh_from_db()
    return job.state == state


def test_a_job_is_done_in_a_child_and_can_be_stopped(worker):
    job = start("slow")
    wait_for(lambda: is_in(job, JobState.RUNNING) and job.done > 2)
    assert len(children(worker.pid)) == 1

    stop_job(job)

    wait_for(lambda: is_in(job, JobState.STOPPED))
    assert 2 < job.done < 100
    wait_for(lambda: not children(worker.pid))


def test_a_worker_that_is_told_to_end_leaves_its_job_to_the_next(worker):
    job = start("slow")
    wait_for(lambda: is_in(job, JobState.RUNNING))
    (child,) = wait_for(lambda: children(worker.pid))

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(5) == 0
    assert not is_running(child)
    assert is_in(job, JobState.WAITING)


def test_a_child_that_dies_is_replaced_and_given_up_in_the_end(worker):
    job = start("die")

    wait_for(lambda: is_in(job, JobState.FAILED))

    assert "three times" in job.error
    assert worker.poll() is None


def test_a_killed_worker_takes_its_child_along(worker):
    job = start("slow")
    wait_for(lambda: is_in(job, JobState.RUNNING))
    (child,) = wait_for(lambda: children(worker.pid))

    worker.kill()

    wait_for(lambda: not is_running(child))
