"""Points in, in any order and any split, and what the tables then hold."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.models import MetricBlock, MetricBlockData, MetricPoint, MetricSummary
from tests.factories import make_run
from tests.runs.metrics.points import POINTS, append, expected_summary, same_summary, stored_points, stored_summary

pytestmark = pytest.mark.django_db

# Batches of points of two keys, with repeats in and between them; some are sent again at the end.
BATCHES = st.lists(st.lists(st.tuples(st.sampled_from([1, 2]), POINTS), max_size=8), min_size=1, max_size=6)


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


@pytest.mark.parametrize(
    ("keys", "size", "statements", "again"), [(1, 1, 3, 2), (30, 1, 3, 2), (1, 400, 4, 3), (9, 40, 4, 3)]
)
def test_points_in_training_cost_a_fixed_number_of_statements(keys, size, statements, again, django_assert_num_queries):
    run = make_run()
    append(run, [(key, (0, 0, 1.0, False)) for key in range(keys)])
    batch = [(key, (step, 0, 1.0, False)) for key in range(keys) for step in range(1, size + 1)]

    with django_assert_num_queries(statements):
        append(run, batch)
    # Sent again: rows are compared by the database, blocks by their heads and points, and nothing is new.
    with django_assert_num_queries(again):
        assert append(run, batch) == []


def test_extremes_that_are_new_and_extremes_that_are_not():
    run = make_run()
    append(run, [(key, (step, 0, value, False)) for key in range(4) for step, value in ((0, 0.0), (1, 9.0))])

    append(run, [(key, (2, 0, value, False)) for key, value in enumerate([-1.0, 10.0, 5.0, 0.0])])

    extremes = [(s.min_value, s.min_step, s.max_value, s.max_step) for s in (stored_summary(run, k) for k in range(4))]
    assert extremes == [(-1.0, 2, 9.0, 1), (0.0, 0, 10.0, 2), (0.0, 0, 9.0, 1), (0.0, 0, 9.0, 1)]
    assert [stored_summary(run, key).last_value for key in range(4)] == [-1.0, 10.0, 5.0, 0.0]


def test_many_points_of_a_key_become_a_block_and_few_become_rows():
    run = make_run()

    append(run, [(key, (step, 0, 1.0, False)) for key, count in ((1, 32), (2, 31)) for step in range(count)])

    assert [(block.key_id, block.count, block.is_sealed) for block in MetricBlock.objects.all()] == [(1, 32, False)]
    assert set(MetricPoint.objects.values_list("key_id", flat=True)) == {2}
    assert [row.unsealed_count for row in MetricSummary.objects.order_by("key")] == [32, 31]


def test_of_a_batch_that_is_partly_there_the_rest_is_stored():
    run = make_run()
    line = [(1, (step, 0, 1.0, False)) for step in range(200)]

    append(run, line[:100])
    append(run, line[50:])

    assert stored_points(run, 1) == [point for _, point in line]
    assert stored_summary(run, 1).count == 200


def test_a_block_that_is_damaged_does_not_refuse_points():
    run = make_run()
    line = [(1, (step, 0, 1.0, False)) for step in range(100)]
    append(run, line)
    MetricBlockData.objects.update(checksum=1)

    append(run, [(1, (50, 1, 2.0, False))])

    assert MetricPoint.objects.values_list("step", "value").get() == (50, 2.0)


def test_points_at_the_same_moment_as_the_last_are_compared():
    run = make_run()

    for value in (2.0, 1.0, 3.0, 2.0):
        append(run, [(1, (5, 5, value, False))])

    summary = stored_summary(run, 1)
    assert (summary.count, summary.first_value, summary.last_value, summary.mean_value) == (3, 1.0, 3.0, 2.0)
