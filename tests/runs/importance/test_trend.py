import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runs.importance.trend import lowess, straight

points = st.lists(st.tuples(st.integers(-50, 50), st.floats(-100, 100)), min_size=3, max_size=40).filter(
    lambda pairs: len({x for x, _ in pairs}) > 1
)


@given(points)
def test_the_straight_line_is_that_of_scipy(pairs):
    x, y = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))

    trend, fit = straight(x, y), stats.linregress(x, y)

    assert trend.slope == pytest.approx(fit.slope, abs=1e-9)
    assert trend.y == pytest.approx(fit.intercept + fit.slope * trend.x, abs=1e-6)


def test_the_interval_holds_the_mean_as_often_as_it_says():
    random = np.random.default_rng(1)
    held = []
    for _ in range(400):
        x = random.uniform(0, 1, 20)
        trend = straight(x, 2 + 3 * x + random.normal(0, 1, 20))
        held.append(trend.low[30] <= 2 + 3 * trend.x[30] <= trend.high[30])

    assert 0.92 < np.mean(held) < 0.98


def test_a_local_line_follows_a_bend_that_a_straight_one_cannot():
    x = np.linspace(-1, 1, 400)

    trend = lowess(x, x**2)

    assert np.abs(trend.y - trend.x**2).max() < 0.08


def test_a_local_line_through_a_straight_one_is_that_line():
    x = np.random.default_rng(2).uniform(0, 9, 200)

    trend = lowess(x, 4 - x)

    assert trend.y == pytest.approx(4 - trend.x)


@pytest.mark.parametrize("make", [straight, lowess])
def test_there_is_no_line_where_x_does_not_vary(make):
    assert make(np.ones(5), np.arange(5.0)) is None
    assert make(np.arange(2.0), np.arange(2.0)) is None


@pytest.mark.parametrize("scale", [2.0**1020, 2.0**-1000])
@pytest.mark.parametrize("make", [straight, lowess])
def test_lines_are_the_same_at_the_ends_of_doubles(make, scale):
    x, y = np.array([1.0, -1.0, 0.5, 0.25, 1.7]), np.array([1.0, 2.0, 4.0, 3.0, 5.0])

    plain, wide, high = make(x, y), make(x * scale, y), make(x, y * scale)

    assert (wide.x / scale).tolist() == plain.x.tolist() and wide.y.tolist() == plain.y.tolist()
    assert (high.y / scale).tolist() == plain.y.tolist() and high.x.tolist() == plain.x.tolist()
