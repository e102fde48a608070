"""benchmarks.fill: what it stores is what the server would have stored."""

import pytest

from benchmarks.bulk import next_id
from benchmarks.fill import fill, summary_of_one_point
from benchmarks.seeded import Shape, seeded_run
from runs.metrics.points import Columns
from runs.metrics.summary import summarise
from runs.models import ExperimentKey, KeyKind, MetricPoint, Run
from runs.services.runs import create_run
from trackui.db import fetch_all, is_sqlite

SHAPE = Shape(metrics=3, params=6, tags=2)


@pytest.fixture
def experiment(lone_database):
    return fill("filled", 25, seed=1, shape=SHAPE)[0]


def test_a_filled_run_has_all_that_was_seeded(experiment):
    seeded = seeded_run(7, seed=1, shape=SHAPE)

    run = Run.objects.get(run_id=seeded.run_id)

    assert (run.name, run.user_id, run.start_time) == (seeded.name, seeded.user, seeded.start_time)
    assert dict(run.params.values_list("key__name", "value")) == seeded.params
    assert dict(run.metrics.values_list("key__name", "last_value")) == seeded.metrics
    assert dict(run.tags.values_list("key__name", "value")).items() >= seeded.tags.items()
    assert MetricPoint.objects.filter(run=run).count() == len(seeded.metrics)


def test_the_short_way_to_a_summary_leads_to_the_same():
    assert summary_of_one_point(0.25, 1234) == summarise(Columns([0], [1234], [0.25]))


def test_keys_are_counted_for_every_run(experiment):
    counts = ExperimentKey.objects.filter(experiment=experiment)

    assert set(counts.values_list("run_count", flat=True)) == {25}
    assert counts.filter(kind=KeyKind.METRIC).count() == 3
    assert counts.get(key__name="lr").numeric_count == 25
    assert counts.get(key__name="model").numeric_count == 0


def test_indexes_and_foreign_keys_are_back_after_it(lone_database):
    before = secondary_structures()

    fill("filled", 3, seed=1, shape=SHAPE)

    assert secondary_structures() == before


def test_the_server_can_go_on_in_a_filled_experiment(experiment):
    run, _ = create_run(experiment.experiment_id, user=None)

    assert run.pk == next_id("runs_run") - 1
    assert experiment.runs.count() == 26


def secondary_structures() -> set:
    if is_sqlite():
        return set(fetch_all("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
    indexes = fetch_all("SELECT indexname, indexdef FROM pg_indexes")
    constraints = fetch_all("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint")
    return {*indexes, *constraints}
