"""Means with intervals on one axis."""

import math

from hypothesis import given
from hypothesis import strategies as st

from runs.queries.group_bars import MARGIN, MOST_TICKS, WIDTH, Axis, axis_of
from runs.statistics.describe import describe


def test_the_axis_reaches_over_the_runs_of_all_groups():
    assert axis_of([describe([1.0, 2.0]), describe([]), describe([5.0, math.nan])]) == Axis(1.0, 5.0)
    assert axis_of([describe([]), describe([math.inf])]) is None


def test_an_interval_beyond_the_axis_is_cut_and_marked():
    found = describe([1.0, 2.0])

    bar = Axis(1.0, 2.0).bar(found, [1.0, 2.0])

    assert (bar.low, bar.high) == (MARGIN, WIDTH - MARGIN)
    assert bar.low_cut
    assert bar.high_cut
    assert bar.mean == WIDTH / 2


def test_one_run_has_a_mean_and_no_interval():
    bar = Axis(0.0, 2.0).bar(describe([1.0]), [1.0])

    assert (bar.low, bar.high, bar.ticks) == (None, None, f"M{WIDTH / 2} 5v8")
    assert Axis(0.0, 2.0).bar(describe([]), []) is None


def test_of_many_runs_no_ticks_are_drawn():
    values = [float(i) for i in range(MOST_TICKS + 1)]

    assert Axis(0.0, 99.0).bar(describe(values), values).ticks == ""


@given(st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4), min_size=1))
def test_everything_lies_within_the_drawing(groups):
    found = [describe(values) for values in groups]
    axis = axis_of(found)

    for one, values in zip(found, groups, strict=True):
        bar = axis.bar(one, values)
        places = [bar.mean, *(place for place in (bar.low, bar.high) if place is not None)]
        assert all(MARGIN <= place <= WIDTH - MARGIN for place in places)
        assert bar.low is None or bar.low <= bar.mean <= bar.high
