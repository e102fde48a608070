import math

import numpy as np
import pytest

from runs.queries.categories import categories
from runs.queries.run_columns import find_columns
from runs.queries.value_columns import value_columns
from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment()


def column(experiment, spec, runs):
    return value_columns([run.pk for run in runs], find_columns(experiment.pk, [spec]))[0]


def test_values_come_in_the_order_of_the_runs(experiment):
    runs = [make_run(experiment, params={"lr": text}) for text in ("0.1", "0.3", "0.2")][::-1]

    found = column(experiment, "params.lr", runs)

    assert found.numbers.tolist() == [0.2, 0.3, 0.1]
    assert found.texts.tolist() == ["0.2", "0.3", "0.1"]
    assert found.is_numeric


def test_what_is_not_set_is_told_from_what_is_no_number(experiment):
    runs = [make_run(experiment, metrics={"loss": value}) for value in (1.0, math.nan, math.inf)]
    runs.append(make_run(experiment))

    found = column(experiment, "metrics.loss", runs)

    assert found.is_set.tolist() == [True, True, True, False]
    assert found.is_finite.tolist() == [True, False, False, False]
    assert np.isnan(found.numbers[1]) and np.isinf(found.numbers[2])


def test_a_param_that_is_mostly_text_goes_by_categories_in_natural_order(experiment):
    runs = [make_run(experiment, params={"depth": text}) for text in ("10", "none", "9", "none")]
    runs.append(make_run(experiment))

    found = column(experiment, "params.depth", runs)

    assert not found.is_numeric or found.texts is not None
    assert categories(found).names == ("9", "10", "none")
    assert categories(found).at.tolist() == [1, 2, 0, 2, -1]
    assert categories(found, with_unset=True).names[-1] == "not set"


def test_the_rarest_values_share_a_category(experiment):
    runs = [make_run(experiment, params={"path": f"p{number}"}) for number in range(5)]
    runs.append(make_run(experiment, params={"path": "p4"}))

    found = categories(column(experiment, "params.path", runs), most=3)

    assert found.names == ("p0", "p4", "3 other values")
    assert found.values == 2


def test_runs_go_by_the_day_they_started_and_by_all_digits_of_a_metric(experiment):
    times = (1_780_000_000_000, 1_780_000_000_001, 1_780_100_000_000)
    runs = [make_run(experiment, start_time=time, metrics={"acc": 0.1 + time % 2 * 1e-9}) for time in times]

    assert categories(column(experiment, "start_time", runs)).names == ("2026-05-28", "2026-05-30")
    assert categories(column(experiment, "metrics.acc", runs)).names == ("0.1", "0.100000001")


def test_durations_are_in_seconds(experiment):
    runs = [make_run(experiment, start_time=1_000, end_time=3_500, status="FINISHED"), make_run(experiment)]

    found = column(experiment, "duration", runs)

    assert found.numbers[0] == 2.5
    assert found.is_set.tolist() == [True, False]


def test_a_statement_a_column_however_many_runs(experiment, django_assert_num_queries):
    runs = [make_run(experiment, params={"lr": "1"}, metrics={"loss": 1.0}) for _ in range(3)]
    columns = find_columns(experiment.pk, ["params.lr", "metrics.loss.min", "status"])

    with django_assert_num_queries(3):
        value_columns([run.pk for run in runs], columns)
