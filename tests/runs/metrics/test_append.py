"""Points in, in any order and any split, and what the tables then hold."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.metrics.append import append_points, gather_points
from runs.metrics.points import Columns
from runs.metrics.summary import Summary
from runs.models import MetricPoint, MetricSummary
from tests.factories import make_run
from tests.runs.metrics.points import POINTS, expected_summary, same_summary

pytestmark = pytest.mark.django_db

# Batches of points of two keys, with repeats in and between them; some are sent again at the end.
BATCHES = st.lists(st.lists(st.tuples(st.sampled_from([1, 2]), POINTS), max_size=8), min_size=1, max_size=6)


def append(run, points) -> list[int]:
    columns: dict[int, Columns] = {}
    for key, (step, timestamp, value, is_nan) in points:
        steps, timestamps, values = columns.setdefault(key, Columns([], [], []))
        steps.append(step)
        timestamps.append(timestamp)
        values.append(math.nan if is_nan else value)
    return append_points(run=run.pk, experiment=run.experiment_id, gathered=gather_points(columns))


def stored_points(run, key) -> list[tuple]:
    columns = ("step", "timestamp", "value", "is_nan")
    return list(MetricPoint.objects.filter(run=run, key_id=key).order_by(*columns).values_list(*columns))


def stored_summary(run, key) -> Summary:
    row = MetricSummary.objects.get(run=run, key_id=key)
    assert row.experiment_id == run.experiment_id
    return Summary(*(getattr(row, name) for name in Summary._fields))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=BATCHES, again=st.lists(st.integers(0, 5), max_size=3))
def test_the_summary_is_that_of_the_plain_set_of_points(batches, again):
    run = make_run()
    sent = [*batches, *(batches[number % len(batches)] for number in again)]
    expected: dict[int, set] = {}

    for batch in sent:
        new_keys = append(run, batch)
        assert sorted(new_keys) == sorted({key for key, _ in batch} - expected.keys())
        for key, point in batch:
            expected.setdefault(key, set()).add(point)

    for key, points in expected.items():
        assert stored_points(run, key) == sorted(points)
        assert same_summary(stored_summary(run, key), expected_summary(points))
    assert MetricSummary.objects.filter(run=run).count() == len(expected)


def test_doubles_survive_to_the_last_bit():
    run = make_run()
    values = [5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3, 1e22, math.inf, -math.inf]

    append(run, [(1, (step, 0, value, False)) for step, value in enumerate(values)])

    assert [point[2] for point in stored_points(run, 1)] == values


def test_no_points_are_fine():
    assert append(make_run(), []) == []


def test_runs_do_not_mix():
    run, other = make_run(), make_run()

    append(run, [(1, (0, 0, 1.0, False))])
    append(other, [(1, (0, 0, 1.0, False)), (1, (0, 0, 3.0, False))])

    assert stored_summary(run, 1).mean_value == 1.0
    assert stored_summary(other, 1).mean_value == 2.0


@pytest.mark.parametrize("size", [1, 400])
def test_points_in_training_cost_three_statements(size, django_assert_num_queries):
    run = make_run()
    append(run, [(1, (0, 0, 1.0, False))])

    with django_assert_num_queries(3):
        append(run, [(1, (step, 0, 1.0, False)) for step in range(1, size + 1)])
    # Sent again: the database is asked which of them are new, and none is.
    with django_assert_num_queries(2):
        assert append(run, [(1, (step, 0, 1.0, False)) for step in range(1, size + 1)]) == []


def test_points_at_the_same_moment_as_the_last_are_compared():
    run = make_run()

    for value in (2.0, 1.0, 3.0, 2.0):
        append(run, [(1, (5, 5, value, False))])

    summary = stored_summary(run, 1)
    assert (summary.count, summary.first_value, summary.last_value, summary.mean_value) == (3, 1.0, 3.0, 2.0)
