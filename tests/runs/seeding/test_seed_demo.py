"""The command that makes a large sweep: what it stores is what the server would have stored."""

import pytest
from django.core.management import CommandError, call_command

from runs.metrics.check import check_runs
from runs.models import Experiment, ExperimentKey, KeyKind, MetricSummary, Run
from runs.seeding.sweep import Shape, sweep

pytestmark = pytest.mark.django_db

NOW = 1_790_000_000_000


def seed(**options) -> Experiment:
    call_command("seed_demo", "--experiment=sweep", *(f"--{name}={value}" for name, value in options.items()))
    return Experiment.objects.get(name="sweep")


def test_every_configuration_has_all_its_seeds():
    runs = list(sweep(Shape(runs=20), end=NOW, seed=1))

    configs = [tuple((key, value) for key, value in run.params.items() if key != "seed") for run in runs]
    assert all(len(set(configs[first : first + 5])) == 1 for first in range(0, 20, 5))
    assert [run.params["seed"] for run in runs[:5]] == ["0", "1", "2", "3", "4"]
    assert all(len(run.params) == 18 for run in runs)
    assert all(len(run.points) == 18 and len(run.tags) == 4 for run in runs)


def test_the_same_arguments_make_the_same_sweep_under_new_ids():
    first, second = (list(sweep(Shape(runs=7), end=NOW, seed=3)) for _ in range(2))

    assert repr([run[1:] for run in first]) == repr([run[1:] for run in second])
    assert not {run.run_id for run in first} & {run.run_id for run in second}


def test_a_second_sweep_has_a_name_of_its_own():
    for _ in range(2):
        call_command("seed_demo", "--runs=3", "--seeds=3")

    assert Run.objects.count() == 6
    assert set(Experiment.objects.exclude(pk=0).values_list("name", flat=True)) == {
        "Sweep of 3 runs",
        "Sweep of 3 runs (2)",
    }


def test_stored_summaries_and_counts_hold_against_the_points():
    experiment = seed(runs=30, histories=0.5, epochs=40, keys=40)

    runs = list(Run.objects.filter(experiment=experiment))
    assert len(runs) == 30
    assert list(check_runs([run.pk for run in runs])) == []
    for row in ExperimentKey.objects.filter(experiment=experiment):
        table = {KeyKind.METRIC: "metrics", KeyKind.PARAM: "params", KeyKind.TAG: "tags"}[row.kind]
        assert row.run_count == sum(getattr(run, table).filter(key=row.key).exists() for run in runs)
    assert MetricSummary.objects.filter(experiment=experiment).count() == 30 * 18


def test_numbers_that_make_no_sweep_are_refused():
    with pytest.raises(CommandError, match="--keys"):
        seed(keys=3)
    with pytest.raises(CommandError, match="--histories"):
        seed(histories=2)
