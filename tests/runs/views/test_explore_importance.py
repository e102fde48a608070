import csv
import io
import math
import subprocess
import sys

import numpy as np
import pytest
from bs4 import BeautifulSoup

from runs.jobs.task import run_job
from runs.models import Job, JobState
from tests.factories import make_experiment, make_run
from tests.servers import REPOSITORY


@pytest.fixture
def experiment(db):
    """Thirty runs whose accuracy is made by the rate alone; `opt` is the same in all, one run is NaN."""
    experiment = make_experiment()
    random = np.random.default_rng(1)
    for number in range(30):
        rate = float(random.uniform(0.1, 0.9))
        acc = math.nan if number == 7 else rate * 2
        params = {"rate": repr(rate), "twice": repr(rate * 2), "opt": "adam", "<b>": "xy"[number % 2]}
        make_run(experiment, params=params, metrics={"acc": acc})
    return experiment


def where(experiment, kind="importance", more=""):
    return f"/experiments/{experiment.pk}/explore/{kind}{more}"


def page_of(pages, address):
    return BeautifulSoup(pages.get(address).content, "html.parser")


def grow(pages, experiment, kind="importance"):
    response = pages.post(where(experiment, kind, "/grow?y=metrics.acc"))
    job = Job.objects.get()
    run_job.func(job.pk)
    job.refresh_from_db()
    return response, job


def test_before_the_forest_each_param_is_shown_alone(pages, experiment):
    page = page_of(pages, where(experiment))

    assert page.select_one("figure h2").text == "Params that go with acc, each alone"
    assert "29 of 30 runs" in page.select_one("[data-caption]").text
    assert "1 with acc NaN" in page.select_one("[data-caption]").text
    assert page.select_one("form.explore-state button").text == "Grow it over 29 runs"
    assert not Job.objects.exists()


def test_the_forest_says_what_explains_the_metric(pages, experiment):
    response, job = grow(pages, experiment)

    assert response.status_code == 302 and job.state == JobState.DONE
    page = page_of(pages, where(experiment))
    assert page.select_one("figure h2").text == "What explains acc"
    assert "on runs the forest had not seen" in page.select_one("[data-caption]").text
    notes = page.select_one(".explore-notes").text
    assert "rate and twice move together" in notes
    assert "left out: opt" in notes
    first = page.select_one(".explore-table tbody a")
    assert first.text in ("rate", "twice") and "x=params." in first["href"]
    assert page.select("th[scope=row]")[-1].text != ""


def test_the_same_question_is_answered_once_and_new_runs_ask_another(pages, experiment):
    grow(pages, experiment)
    pages.post(where(experiment, more="/grow"))
    assert Job.objects.count() == 1

    make_run(experiment, params={"rate": "0.5"}, metrics={"acc": 1.0})

    page = page_of(pages, where(experiment))
    assert page.select_one("form.explore-state")
    pages.post(where(experiment, more="/grow"))
    assert Job.objects.count() == 2


def test_dependence_shows_the_most_telling_param(pages, experiment):
    grow(pages, experiment, "dependence")

    page = page_of(pages, where(experiment, "dependence", "?y=metrics.acc"))

    assert page.select_one("figure h2").text in ("acc expected as rate changes", "acc expected as twice changes")
    rows = list(csv.DictReader(io.StringIO(b"".join(pages.get(where(experiment, "dependence", ".csv"))).decode())))
    assert float(rows[0]["mean"]) < float(rows[-1]["mean"])


def test_fewer_than_twenty_runs_are_refused_with_the_reason(pages, db):
    experiment = make_experiment()
    for number in range(19):
        make_run(experiment, params={"a": str(number)}, metrics={"acc": number / 19})

    page = page_of(pages, where(experiment))

    said = "A forest needs 20 runs with a number for acc, and here are 19."
    assert page.select_one(".explore-state").text == said
    assert pages.post(where(experiment, more="/grow")).status_code == 302 and not Job.objects.exists()


def test_a_forest_that_explains_nothing_says_so(pages, db):
    experiment = make_experiment()
    random = np.random.default_rng(4)
    for _ in range(40):
        make_run(experiment, params={"a": repr(random.normal())}, metrics={"acc": random.normal()})
    grow(pages, experiment)

    page = page_of(pages, where(experiment))

    assert "These numbers mean nothing" in page.select_one(".explore-notes").text


def test_a_failed_job_shows_why_and_may_be_asked_for_again(pages, experiment):
    pages.post(where(experiment, more="/grow"))
    Job.objects.update(state=JobState.FAILED, error="Out of trees.")

    page = page_of(pages, where(experiment))

    assert "Out of trees." in page.text and page.select_one("form.explore-state")
    assert page.select_one("asked-at-once").get("auto") is None


def test_progress_is_shown_and_followed(pages, experiment):
    pages.post(where(experiment, more="/grow"))
    Job.objects.update(state=JobState.RUNNING, done=30, total=100)

    page = page_of(pages, where(experiment))

    assert page.select_one("#explore-figure")["data-live-every"] == "1"
    assert page.select_one("progress")["value"] == "30"


def test_web_processes_load_neither_scikit_learn_nor_all_of_scipy():
    script = (
        "import os, sys, tempfile; os.environ.update(TRACKUI_DATA=tempfile.mkdtemp(),"
        " DJANGO_SETTINGS_MODULE='trackui.settings');"
        " import django; django.setup(); import trackui.urls, runs.views.explore, runs.queries.explore_figures;"
        " import django.urls; django.urls.get_resolver().url_patterns;"
        " print([name for name in ('sklearn', 'scipy.stats', 'plotly') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
