"""Descriptions of numbers, held against pandas and scipy."""

import math

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runs.statistics.describe import describe, describe_groups

numbers = st.floats(-1e12, 1e12).map(lambda value: round(value, 6))
anything = st.one_of(numbers, st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.lists(numbers, min_size=2, max_size=40))
def test_count_mean_spread_and_interval_are_those_of_pandas_and_scipy(values):
    found, series = describe(values), pandas.Series(values)
    size = max(map(abs, values)) or 1.0

    assert found.n == len(values)
    assert found.mean == pytest.approx(series.mean(), rel=1e-12, abs=1e-14 * size)
    assert found.std == pytest.approx(series.std(), rel=1e-7, abs=1e-9 * size)
    assert found.se == pytest.approx(series.sem(), rel=1e-7, abs=1e-9 * size)
    assert (found.min, found.max) == (series.min(), series.max())
    assert found.median == pytest.approx(series.median(), rel=1e-12, abs=1e-14 * size)
    if found.se > 1e-9 * size:
        low, high = stats.t.interval(0.95, len(values) - 1, loc=series.mean(), scale=series.sem())
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-8 * size)


@given(st.lists(st.tuples(st.integers(0, 4), anything), max_size=60))
def test_groups_are_described_as_each_alone(pairs):
    groups = np.array([group for group, _ in pairs], dtype=np.int64)
    values = np.array([value for _, value in pairs], dtype=np.float64)

    found = describe_groups(values, groups, 5)

    for group in range(5):
        alone, among = describe(values[groups == group]), found.of(group)
        for name in ("n", "nan", "plus_inf", "minus_inf", "mean", "std", "se", "low", "high", "min", "max"):
            one, other = getattr(alone, name), getattr(among, name)
            assert (one is None) == (other is None), name
            assert one is None or one == pytest.approx(other, rel=1e-9, abs=1e-3), name


def test_a_mean_does_not_move_when_other_groups_are_there():
    values, groups = np.array([0.1, 0.2, 1e300, -1e300, 1e-300]), np.array([0, 0, 1, 1, 2])

    together = describe_groups(values, groups, 3)

    assert together.of(0).mean == describe([0.1, 0.2]).mean == pytest.approx(0.15)
    assert together.of(0).std == describe([0.1, 0.2]).std
    assert together.of(2).mean == 1e-300


def test_what_is_not_finite_is_counted_and_left_out():
    found = describe([1.0, math.nan, math.inf, 3.0, math.nan, -math.inf])

    assert (found.n, found.nan, found.plus_inf, found.minus_inf, found.not_finite) == (2, 2, 1, 1, 4)
    assert (found.mean, found.min, found.max, found.median) == (2.0, 1.0, 3.0, 2.0)


def test_one_number_has_a_mean_and_no_spread():
    found = describe([0.25])

    assert (found.n, found.mean, found.min, found.max, found.median) == (1, 0.25, 0.25, 0.25, 0.25)
    assert (found.std, found.se, found.low, found.high) == (None, None, None, None)
    assert found.is_few


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, -math.inf]])
def test_no_number_has_nothing(values):
    found = describe(values)

    assert found.n == 0
    assert (found.mean, found.std, found.low, found.min, found.median) == (None,) * 5
    assert not found.is_few


@pytest.mark.parametrize("value", [0.1, 1e308, -1e-308, 0.0, 1 / 3])
def test_equal_numbers_are_their_own_mean_without_a_spread(value):
    found = describe([value] * 7)

    assert (found.mean, found.std, found.low, found.high) == (value, 0.0, value, value)


def test_the_largest_doubles_do_not_overflow():
    found = describe([1.7e308, 1.7e308, -1.7e308, -1.7e308])

    assert found.mean == 0.0
    assert found.median == 0.0
    assert describe([1.7e308, 1.6e308]).mean == pytest.approx(1.65e308)


def test_a_small_spread_beside_a_large_mean_is_kept():
    values = [1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3]

    assert describe(values).std == pytest.approx(np.std(np.array(values) - 1e9, ddof=1), rel=1e-6)
