"""Earlier runs set up like this one, against a plain count of what differs."""

import math
import random

import pytest

from runs.models import Run
from runs.queries import run_neighbours
from runs.queries.run_neighbours import neighbours_of
from tests.factories import make_experiment, make_run


def shown(page):
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select(".neighbours tbody tr")
    ]


def similar(run):
    return f"/runs/{run.run_id}/similar"


def test_the_one_param_that_changed_is_told_with_its_effect(pages, db):
    same = {"model": "mlp", "batch": "64"}
    make_run(name="far", start_time=1, params={"model": "tree"}, metrics={"val_loss": 0.9})
    make_run(name="near", start_time=2, params={**same, "lr": "1e-3"}, metrics={"val_loss": 0.214})
    run = make_run(name="now", start_time=3, params={**same, "lr": "3e-4"}, metrics={"val_loss": 0.201})
    make_run(name="later", start_time=4, params={**same, "lr": "3e-4"})

    found = shown(pages.html(similar(run)))

    assert [row[0] for row in found] == ["near", "far"]
    assert found[0][1] == "lr 1e-3 → 3e-4"
    assert found[0][2:5] == ["0.214", "0.201", "−6.07 % better"]
    assert "lr not set → 3e-4" in found[1][1]


def test_differences_are_those_of_a_plain_count(db):
    draw = random.Random(7)
    experiment = make_experiment()
    setups = [
        {f"p{n}": draw.choice("ab") for n in range(6) if draw.random() < 0.8} if number % 9 else {}
        for number in range(40)
    ]
    runs = [make_run(experiment, start_time=100 + number // 3, params=setup) for number, setup in enumerate(setups)]
    at = 35
    own = setups[at]

    near = neighbours_of(Run.objects.get(pk=runs[at].pk), limit=100)

    def differing(other):
        return sum(own.get(key) != other.get(key) for key in own.keys() | other.keys())

    before = [n for n in range(40) if (runs[n].start_time, runs[n].pk) < (runs[at].start_time, runs[at].pk)]
    expected = sorted((differing(setups[n]), -runs[n].start_time, -runs[n].pk) for n in before)
    assert [(row.differences, -row.run.start_time, -row.run.pk) for row in near.rows] == expected
    assert (near.compared, near.is_whole) == (len(before), True)


def test_only_the_newest_are_compared_and_that_is_said(pages, db, monkeypatch):
    monkeypatch.setattr(run_neighbours, "MOST_RUNS", 3)
    monkeypatch.setattr(run_neighbours, "FEWEST_RUNS", 1)
    runs = [make_run(start_time=number, params={"a": str(number % 2)}) for number in range(6)]

    page = pages.html(similar(runs[-1]))

    assert len(shown(page)) == 3
    assert "of the newest 3 before it" in page.text


def test_deleted_runs_and_other_experiments_do_not_count(db):
    experiment = make_experiment()
    make_run(experiment, start_time=1, lifecycle_stage="deleted")
    make_run(start_time=1)
    run = make_run(experiment, start_time=2)

    assert neighbours_of(run).compared == 0


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [(0.0, 1.0, "n/a"), (math.nan, 1.0, "n/a"), (math.inf, 1.0, "n/a"), (2.0, 1.0, "−50.0 %")],
)
def test_an_effect_that_says_nothing_is_no_number(db, before, after, effect):
    make_run(start_time=1, metrics={"loss": before})
    run = make_run(start_time=2, metrics={"loss": after})

    assert neighbours_of(run).rows[0].effect == effect


def test_the_metric_is_chosen_and_an_unknown_one_named(pages, db):
    make_run(start_time=1, metrics={"val_loss": 1.0, "speed": 4.0})
    run = make_run(start_time=2, metrics={"val_loss": 1.0, "speed": 5.0})

    chosen = pages.html(similar(run), {"metric": "speed"})
    unknown = pages.html(similar(run), {"metric": "<b>x"})

    assert "+25.0 %" in shown(chosen)[0]
    assert "no metric <b>x" in unknown.select_one(".complaint").text
    assert shown(unknown)[0][2:4] == ["1", "1"]


def test_all_of_it_is_a_file_too(pages, db):
    make_run(name="before", start_time=1, params={f"p{n}": "1" for n in range(9)}, metrics={"loss": math.nan})
    run = make_run(start_time=2, metrics={"loss": 2.0})

    lines = b"".join(pages.get(f"/runs/{run.run_id}/similar.csv", {"metric": "loss"}).streaming_content).decode()

    assert lines.splitlines()[1].split(",")[1:4:2] == ["before", "9"]
    assert "p8: 1 -> not set" in lines
    assert lines.strip().endswith("loss,NaN,2.0")


def test_statements_do_not_grow_with_runs(pages, db, django_assert_max_num_queries):
    for number in range(12):
        make_run(start_time=number, params={"a": str(number)}, metrics={"m": 1.0})
    run = make_run(start_time=99, params={"a": "x"}, metrics={"m": 1.0})

    with django_assert_max_num_queries(8):
        neighbours_of(run)
