import math

import numpy as np
import pytest

from runs.metrics.history import history, lines
from runs.metrics.interval import bulk_interval
from tests.factories import make_run
from tests.runs.points import log_line, log_points

pytestmark = pytest.mark.django_db


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
