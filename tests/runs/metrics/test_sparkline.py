import math
from itertools import pairwise

import pytest

from runs.metrics.sparkline import sparklines
from runs.models import MetricSummary
from tests.factories import make_run
from tests.runs.metrics.stored import damage, store_points
from tests.runs.points import log_line

pytestmark = pytest.mark.django_db


def test_a_sparkline_keeps_ends_and_extremes_of_a_long_history(django_assert_num_queries):
    run = make_run()
    values = [math.sin(step / 300) for step in range(3000)]
    values[1234] = 50.0
    values[2001] = math.nan
    log_line(run, "loss", values)
    log_line(run, "once", [1.0])
    summaries = list(MetricSummary.objects.filter(run=run).order_by("-count"))

    # Ends of rows, heads, blocks; and rows, where there are any.
    with django_assert_num_queries(4):
        found = sparklines(summaries)

    ((identity, points),) = found.items()
    assert identity == (run.pk, summaries[0].key_id)
    assert points[0] == (0, 0.0) and points[-1] == (2999, values[-1])
    assert (1234, 50.0) in points
    assert len(points) <= 30
    assert all(values[step] == value for step, value in points)


def parabola(first, last):
    return [(step, step, float((step - 500) ** 2), False) for step in range(first, last)]


@pytest.mark.parametrize("block_size", [20, 250, 1000])
def test_blocks_give_a_line_its_shape_however_many_they_are(block_size, django_assert_max_num_queries):
    run = make_run()
    rest = {"rows": parabola(1000, 1001)} if block_size > 20 else {"small": [parabola(1000, 1040)]}
    sealed = [parabola(first, first + block_size) for first in range(0, 1000, block_size)]
    key = store_points(run, "loss", sealed=sealed, **rest)

    summaries = list(MetricSummary.objects.filter(run=run))
    with django_assert_max_num_queries(5):
        points = sparklines(summaries)[run.pk, key]

    steps = [step for step, _ in points]
    assert all(value == (step - 500) ** 2 for step, value in points)
    assert steps[0] == 0 and steps[-1] >= 1000 and 500 in steps
    assert 10 <= len(points) <= 4 * 24 + 4
    assert max(after - before for before, after in pairwise(steps)) <= 250


def test_a_damaged_block_shows_its_ends_and_extremes():
    run = make_run()
    key = store_points(run, "loss", sealed=[parabola(0, 501), parabola(501, 1001)])
    damage(run, key, 0)

    points = sparklines(list(MetricSummary.objects.filter(run=run)))[run.pk, key]

    assert {0, 500, 501, 1000} <= {step for step, _ in points}
    assert sum(step > 501 for step, _ in points) > 8


def test_what_is_never_finite_has_no_line():
    run = make_run()
    store_points(run, "loss", sealed=[[(0, 0, 0.0, True), (1, 1, math.inf, False)]], rows=[(2, 2, 0.0, True)])

    assert sparklines(list(MetricSummary.objects.filter(run=run))) == {}


def test_extremes_at_the_steps_of_the_ends_are_drawn_beside_them():
    run = make_run()
    ends = [(0, 0, 1.0, False), (0, 1, -50.0, False), (100, 2, 90.0, False), (100, 3, 1.0, False)]
    key = store_points(run, "loss", rows=[*ends, *((step, 1, 1.0, False) for step in range(1, 100))])

    points = sparklines(list(MetricSummary.objects.filter(run=run)))[run.pk, key]

    assert points[:2] == [(0, 1.0), (0, -50.0)]
    assert points[-2:] == [(100, 90.0), (100, 1.0)]


def test_a_few_numbers_among_nan_have_a_line():
    run = make_run()
    values = {333: 5.0, 777: -5.0}
    key = store_points(run, "loss", rows=[(s, s, values.get(s, 0.0), s not in values) for s in range(1001)])

    points = sparklines(list(MetricSummary.objects.filter(run=run)))[run.pk, key]

    assert points == [(333, 5.0), (777, -5.0)]
