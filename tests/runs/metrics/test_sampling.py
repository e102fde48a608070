import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.metrics.sampling import MAX_POINTS, columns_of, sample

doubles = st.floats(allow_nan=True, allow_infinity=True, width=64)


def ascending(xs):
    return np.sort(np.array(xs, dtype="f8"))


@given(
    points=st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), doubles), max_size=300),
    pixels=st.integers(1, 60),
)
@settings(max_examples=200, deadline=None)
def test_first_last_lowest_and_highest_of_every_column_are_kept(points, pixels):
    x = ascending([step for step, _ in points])
    y = np.array([value for _, value in points], dtype="f8")

    drawn = sample(x, y, pixels=pixels).points

    column = columns_of(x, max(1, pixels // 2))
    for number in set(column.tolist()):
        members = np.flatnonzero((column == number) & np.isfinite(y))
        kept = np.intersect1d(members, drawn)
        if len(members):
            assert kept[0] == members[0] and kept[-1] == members[-1]
            assert y[kept].min() == y[members].min() and y[kept].max() == y[members].max()


@given(points=st.lists(st.tuples(doubles.filter(np.isfinite), doubles), max_size=400), pixels=st.integers(2, 80))
@settings(max_examples=200, deadline=None)
def test_at_most_two_points_a_pixel_are_drawn_in_order(points, pixels):
    x = ascending([x for x, _ in points])
    y = np.array([value for _, value in points], dtype="f8")

    drawn = sample(x, y, pixels=pixels).points

    assert len(drawn) <= 2 * pixels
    assert (np.diff(drawn) > 0).all()
    assert np.isfinite(y[drawn]).all()


@given(values=st.lists(doubles, max_size=300))
@settings(max_examples=100, deadline=None)
def test_what_is_no_number_is_counted_and_marked(values):
    y = np.array(values, dtype="f8")

    marks = sample(np.arange(len(y)), y, pixels=20).marks

    assert (marks.nan_count, marks.plus_inf_count) == (np.isnan(y).sum(), np.isposinf(y).sum())
    assert np.isnan(y[marks.nan]).all() and (y[marks.minus_inf] == -np.inf).all()
    assert (len(marks.nan) > 0) == (marks.nan_count > 0)
    assert len(marks.nan) <= 10


@pytest.mark.parametrize("spike", [1_234, 500_000, 999_998])
def test_a_single_spike_in_a_million_points_survives(spike):
    y = np.random.default_rng(1).normal(size=1_000_000)
    y[spike] = 1e6

    drawn = sample(np.arange(len(y)), y, pixels=800).points

    assert spike in drawn
    assert len(drawn) <= 1_600


def test_no_line_has_more_points_than_the_limit_however_wide_the_plot():
    y = np.random.default_rng(1).normal(size=100_000)

    assert len(sample(np.arange(len(y)), y, pixels=1_000_000).points) <= MAX_POINTS


def test_a_line_with_fewer_points_than_fit_is_drawn_whole():
    drawn = sample(np.arange(10), np.ones(10), pixels=800)

    assert drawn.points.tolist() == list(range(10))
    assert (drawn.drawn, drawn.total) == (10, 10)
