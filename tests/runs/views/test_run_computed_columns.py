"""Columns of the run table that are read from points: steps, lines, and values at the best of another metric."""

import math

import pytest

from runs.metrics.at_best import values_at
from runs.models import Key
from runs.queries import run_table_search
from runs.search import computed
from tests.clients import parse
from tests.factories import make_experiment, make_run
from tests.runs.points import log_line, log_points

NOON = 1_780_000_000_000


@pytest.fixture
def experiment(db):
    """Accuracies at the step of the least loss: 0.2, 0.9, 0.5, NaN; one run lacks the point, one the metric."""
    experiment = make_experiment("digits")
    for number, (acc, loss) in enumerate(
        [
            ([0.1, 0.2, 0.8], [3, 1, 2]),
            ([0.9, 0.1, 0.3], [1, 2, 3]),
            ([0.1, 0.3, 0.5], [3, 2, 1]),
            ([0.7, math.nan, 0.1], [2, 1, 2]),
        ]
    ):
        run = make_run(experiment, name="abcd"[number], start_time=NOON + number)
        log_line(run, "acc", acc)
        log_line(run, "loss", loss)
    lacks_point = make_run(experiment, name="e", start_time=NOON + 5)
    log_points(lacks_point, "acc", [(0, NOON, 0.4), (2, NOON, 0.4)])
    log_line(lacks_point, "loss", [2, 1, 2])
    make_run(experiment, name="f", start_time=NOON + 6, metrics={"acc": 0.99})
    return experiment


def table(pages, experiment, **query):
    return parse(pages.get(f"/experiments/{experiment.pk}/", query))


def names(html):
    return "".join(link.get_text() for link in html.select("#run_table tbody th > a:first-of-type"))


def column(html):
    rows = html.select("#run_table tbody tr")
    return [row.select("td:not(.tick)")[0].get_text(strip=True).rstrip("▲") for row in rows]


def test_the_value_where_another_metric_was_best(pages, experiment):
    html = table(pages, experiment, columns="metrics.acc.at.loss", order="run_name")

    assert html.select_one("thead .n").a.get_text(" ", strip=True) == "acc at best loss"
    assert column(html) == ["0.2", "0.9", "0.5", "NaN", "–", "–"]


def test_the_end_of_the_other_metric_can_be_written(pages, experiment):
    html = table(pages, experiment, columns="metrics.acc.at.loss.max", order="run_name")

    assert column(html)[:2] == ["0.1", "0.3"]


def test_of_several_points_at_the_step_the_last_counts(experiment):
    run = make_run(experiment, name="g")
    log_points(run, "acc", [(1, NOON + 1, 0.3), (1, NOON + 9, 0.1), (1, NOON + 5, 0.8), (2, NOON, 0.5)])

    assert values_at({run.pk: 1}, Key.objects.get(name="acc").pk) == {run.pk: 0.1}


def test_points_in_blocks_are_found(experiment):
    run = make_run(experiment, name="g")
    log_line(run, "acc", [step / 10_000 for step in range(10_000)])

    assert values_at({run.pk: 4_321}, Key.objects.get(name="acc").pk) == {run.pk: 0.4321}


@pytest.mark.parametrize(("order", "expected"), [("metrics.acc.at.loss", "acbdfe"), ("-metrics.acc.at.loss", "bcadfe")])
def test_all_that_match_are_sorted_by_it(pages, experiment, order, expected):
    assert names(table(pages, experiment, order=order)) == expected


def test_more_runs_than_are_read_are_not_sorted_by_it_and_that_is_said(pages, experiment, monkeypatch):
    monkeypatch.setattr(run_table_search, "MOST_COMPUTED", 5)

    html = table(pages, experiment, order="metrics.acc.at.loss")

    assert names(html) == "fedcba"
    assert "at most 5 runs are sorted by it; 6 match" in html.select_one(".complaint").get_text()
    assert names(table(pages, experiment, order="metrics.acc.at.loss", q="metrics.acc < 0.9")) == "acbde"


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("metrics.acc.at.loss > 0.4", "cb"),
        ("metrics.acc.at.loss != 0.2", "dcb"),
        ("metrics.acc.at.loss <= 0.2 OR run_name = 'f'", "fa"),
        ("NOT metrics.acc.at.loss > 0.4", "feda"),
        ("has(metrics.acc.at.loss)", "dcba"),
        ("metrics.acc.at.nothing > 0", ""),
    ],
)
def test_a_filter_means_it(pages, experiment, filter, expected):
    assert names(table(pages, experiment, q=filter)) == expected


def test_a_filter_reads_a_bounded_number_of_runs(pages, experiment, monkeypatch):
    monkeypatch.setattr(computed, "MOST_COMPUTED", 3)

    html = table(pages, experiment, q="metrics.acc.at.loss > 0.4")
    assert "Narrow them down by other conditions" in html.select_one(".complaint").get_text()

    assert names(table(pages, experiment, q="metrics.acc.at.loss > 0.4 AND run_name = 'c'")) == "c"


def test_a_metric_of_that_name_is_that_metric(pages, experiment):
    make_run(experiment, name="g", start_time=NOON + 9, metrics={"acc.at.loss": 7.0})

    assert names(table(pages, experiment, q="metrics.acc.at.loss > 0.4")) == "g"
    assert column(table(pages, experiment, columns="metrics.acc.at.loss"))[0] == "7"


def test_steps_are_the_greatest_of_the_metrics_of_a_run_and_sort(pages, experiment):
    run = make_run(experiment, name="g", start_time=NOON + 9)
    log_points(run, "acc", [(41, NOON, 1.0)])
    log_points(run, "system/cpu", [(999, NOON, 1.0)])

    html = table(pages, experiment, columns="steps", order="-steps")

    assert column(html) == ["41", "2", "2", "2", "2", "2", "0"]
    assert names(html) == "gedcbaf"


def test_a_small_line_is_drawn_in_the_colour_of_its_run(pages, experiment):
    html = table(pages, experiment, columns="metrics.loss.line,metrics.loss")

    lines = html.select("td.spark svg.sparkline path")
    assert len(lines) == 5
    assert all(line["d"].startswith("M") for line in lines)
    assert "order=metrics.loss.line" not in str(html.select_one("thead"))


def test_files_have_the_computed_values(pages, experiment):
    response = pages.get(
        f"/experiments/{experiment.pk}/runs.csv",
        {"columns": "steps,metrics.acc.at.loss,metrics.loss.line", "order": "-metrics.acc.at.loss"},
    )

    lines = [line.split(",") for line in response.getvalue().decode().splitlines()]
    assert lines[0][-2:] == ["steps", "metrics.acc.at.loss"]
    assert [line[-2:] for line in lines[1:4]] == [["2", "0.9"], ["2", "0.5"], ["2", "0.2"]]
