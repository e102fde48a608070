import math
import random

import numpy as np
import pytest

from runs.metrics.history import bulk_interval, history, lines
from runs.metrics.sparkline import sparklines
from runs.models import MetricSummary
from tests.factories import make_run
from tests.runs.points import log_line, log_points

pytestmark = pytest.mark.django_db


def kept_steps(all_steps, count):
    """The rule of the protocol, word for word."""
    steps = sorted(set(all_steps))
    if len(steps) <= count:
        return set(steps)
    return {steps[i * len(steps) // count] for i in range(count)} | {steps[-1]}


@pytest.mark.parametrize("seed", range(12))
def test_an_interval_of_any_runs_follows_the_rule(seed):
    choose = random.Random(seed)
    runs = [make_run() for _ in range(3)]
    dense = seed % 2
    points = {}
    for run in runs:
        first = choose.randint(0, 20)
        steps = range(first, first + 40) if dense else choose.sample(range(90), 30)
        points[run.pk] = sorted((step, choose.randint(0, 3), float(step)) for step in steps)
        log_points(run, "loss", points[run.pk])
    start, end = choose.choice([(None, None), (5, 50)])

    found = bulk_interval([run.pk for run in runs], "loss", start_step=start, end_step=end, max_results=7)

    low, high = (0, 10**9) if start is None else (start, end)
    inside = [step for rows in points.values() for step, _, _ in rows if low <= step <= high]
    kept = kept_steps(inside, 7) | {
        step for rows in points.values() for step in (rows[0][0], rows[-1][0]) if low <= step <= high
    }
    assert found == [
        (pk, time, step, value, False) for pk in sorted(points) for step, time, value in points[pk] if step in kept
    ]


def test_lines_hold_every_point_in_the_order_of_steps():
    run = make_run()
    log_points(run, "loss", [(2, 5, 1.0), (0, 9, math.nan), (2, 5, 0.5), (1, 7, math.inf)])

    line = lines([run.pk], "loss")[run.pk]

    assert line.steps.tolist() == [0, 1, 2, 2]
    assert line.timestamps.tolist() == [9, 7, 5, 5]
    np.testing.assert_equal(line.values, [math.nan, math.inf, 0.5, 1.0])


def test_a_range_of_steps_is_cut_out():
    run = make_run()
    log_line(run, "loss", range(10))

    assert lines([run.pk], "loss", first_step=3, last_step=5)[run.pk].steps.tolist() == [3, 4, 5]


def test_what_is_not_there_has_no_points():
    run = make_run()

    assert lines([run.pk], "loss") == {}
    assert lines([], "loss") == {}
    assert list(history(run.pk, "loss")) == []
    assert bulk_interval([], "loss", start_step=None, end_step=None, max_results=5) == []


def test_a_sparkline_keeps_ends_and_extremes_of_a_long_history(django_assert_num_queries):
    run = make_run()
    values = [math.sin(step / 300) for step in range(3000)]
    values[1234] = 50.0
    values[2001] = math.nan
    log_line(run, "loss", values)
    log_line(run, "once", [1.0])
    summaries = list(MetricSummary.objects.filter(run=run).order_by("-count"))

    with django_assert_num_queries(1):
        found = sparklines(summaries)

    ((identity, points),) = found.items()
    assert identity == (run.pk, summaries[0].key_id)
    assert points[0] == (0, 0.0) and points[-1] == (2999, values[-1])
    assert (1234, 50.0) in points
    assert len(points) <= 30
    assert all(values[step] == value for step, value in points)
