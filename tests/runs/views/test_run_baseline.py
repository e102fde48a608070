"""The run table measured against one of its runs."""

import pytest

from runs.models import AuditEntry
from tests.factories import make_experiment, make_run

NOON = 1_780_000_000_000


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def names(html):
    return [row.select_one("th a").get_text() for row in html.select("#run_table tbody tr")]


def cells(html, name):
    link = next(link for link in html.select("#run_table tbody th > a:first-of-type") if link.get_text() == name)
    return [cell.get_text("|", strip=True) for cell in link.find_parent("tr").select("td:not(.tick)")]


def test_the_baseline_stands_first_and_figures_say_how_far_they_are_from_it(pages, experiment):
    base = make_run(experiment, name="base", start_time=NOON, metrics={"acc": 0.5, "loss": 0.2, "epoch": 4.0})
    make_run(experiment, name="other", start_time=NOON + 1, metrics={"acc": 0.6, "loss": 0.3, "epoch": 5.0})

    html = pages.html(url(experiment), {"baseline": base.run_id, "columns": "metrics.acc,metrics.loss,metrics.epoch"})

    assert names(html) == ["base", "other"]
    assert cells(html, "base") == ["0.5|baseline", "0.2|baseline|▲", "4|baseline"]
    assert cells(html, "other") == ["0.6|+20.0 %|▲", "0.3|+50.0 %", "5|+25.0 %"]
    tones = [" ".join(mark["class"]) for mark in html.select("#run_table tbody tr:not(.base) .delta")]
    assert tones == ["delta good", "delta bad", "delta note"]
    titles = [cell.get("title", "") for cell in html.select("#run_table tbody tr:not(.base) td.n")]
    assert titles[1] == "0.3, +0.1 from the baseline: worse"


def test_a_baseline_of_zero_has_differences_but_no_percents(pages, experiment):
    base = make_run(experiment, name="base", metrics={"acc": 0.0})
    make_run(experiment, name="other", metrics={"acc": 0.25})

    html = pages.html(url(experiment), {"baseline": base.run_id, "columns": "metrics.acc"})

    assert cells(html, "other") == ["0.25|n/a|▲"]
    assert "+0.25 from the baseline" in html.select("#run_table tbody td.best")[0]["title"]


def test_rows_of_any_page_are_measured_against_it(pages, experiment):
    base = make_run(experiment, name="base", start_time=NOON, metrics={"acc": 0.5})
    for number in range(60):
        make_run(experiment, name=f"run-{number}", start_time=NOON + 1 + number, metrics={"acc": 1.0})

    html = pages.html(url(experiment), {"baseline": base.run_id, "columns": "metrics.acc"})

    assert names(html)[:2] == ["base", "run-59"]
    assert len(names(html)) == 51
    assert cells(html, "run-59") == ["1.0|+100 %"]


def test_a_run_without_the_metric_is_measured_in_nothing(pages, experiment):
    base = make_run(experiment, name="base", metrics={"acc": 0.5})
    make_run(experiment, name="other", metrics={"loss": 0.5})

    html = pages.html(url(experiment), {"baseline": base.run_id, "columns": "metrics.acc,metrics.loss"})

    assert cells(html, "other") == ["–", "0.5"]


@pytest.mark.parametrize("asked", ["nope", "models:/m-nope", "a\0b", "x" * 700])
def test_an_unknown_baseline_is_said_and_the_table_stays(pages, experiment, asked):
    make_run(experiment, name="a")

    html = pages.html(url(experiment), {"baseline": asked})

    assert "is not here" in html.select_one(".against").get_text()
    assert names(html) == ["a"]


def test_a_deleted_baseline_is_said(pages, experiment):
    base = make_run(experiment, name="base", lifecycle_stage="deleted")

    html = pages.html(url(experiment), {"baseline": base.run_id})

    assert "The baseline base is deleted." in html.select_one(".against").get_text()


def test_the_ticked_run_becomes_the_baseline_of_the_address(pages, experiment):
    run = make_run(experiment, name="a")

    response = pages.get(url(experiment, "baseline"), {"runs": run.run_id, "address": "q=a&page=2&baseline=old"})

    assert response["Location"] == f"{url(experiment)}?q=a&page=2&baseline={run.run_id}"


def test_a_row_has_a_link_that_makes_it_the_baseline(pages, experiment):
    run = make_run(experiment, name="a")

    html = pages.html(url(experiment), {"view": "all"})

    assert html.select_one("a.set-base")["href"] == f"?view=all&baseline={run.run_id}"


def test_an_experiment_keeps_a_baseline_until_it_is_removed(pages, experiment):
    run = make_run(experiment, name="a", metrics={"acc": 1.0})

    answer = pages.post(url(experiment, "baseline"), {"baseline": run.run_id, "address": f"q=a&baseline={run.run_id}"})

    assert answer["Location"] == f"{url(experiment)}?q=a"
    assert "the baseline of the experiment" in pages.html(url(experiment)).select_one(".against").get_text()
    assert not pages.html(url(experiment), {"baseline": "none"}).select(".against")

    pages.post(url(experiment, "baseline"), {"baseline": ""})

    experiment.refresh_from_db()
    assert experiment.baseline == ""
    entries = AuditEntry.objects.order_by("pk").values_list("action", "detail")
    assert list(entries) == [
        ("experiment.baseline", {"before": "", "after": run.run_id}),
        ("experiment.baseline", {"before": run.run_id, "after": ""}),
    ]


def test_what_is_no_run_is_refused_as_baseline_of_an_experiment(pages, experiment):
    response = pages.post(url(experiment, "baseline"), {"baseline": "nope"})

    assert response.status_code == 400
    assert not AuditEntry.objects.exists()
