import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import cbook
from scipy import stats

from runs.charts.groups import group_numbers

numbers = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60)


@given(numbers)
def test_quartiles_and_whiskers_are_those_of_matplotlib(values):
    group = group_numbers("a", np.array(values))
    (theirs,) = cbook.boxplot_stats(values)

    assert (group.quartile_1, group.median, group.quartile_3) == pytest.approx(
        (theirs["q1"], theirs["med"], theirs["q3"])
    )
    assert (group.lower, group.upper) == pytest.approx((theirs["whislo"], theirs["whishi"]))


@given(numbers)
def test_mean_deviation_and_interval_are_those_of_pandas_and_scipy(values):
    group, column = group_numbers("a", np.array(values)), pd.Series(values)

    assert group.mean == pytest.approx(column.mean(), abs=1e-9)
    assert group.deviation == pytest.approx(column.std(), abs=1e-6)
    if column.sem() > 0:
        low, high = stats.t.interval(0.95, len(values) - 1, column.mean(), column.sem())
        assert group.half == pytest.approx((high - low) / 2, rel=1e-6, abs=1e-9)


def test_one_run_has_no_interval():
    group = group_numbers("a", np.array([3.0]))

    assert (group.n, group.mean, group.deviation, group.half) == (1, 3.0, None, None)


def test_equal_values_have_no_spread():
    group = group_numbers("a", np.array([0.1, 0.1, 0.1]))

    assert (group.mean, group.deviation, group.half, group.median) == (0.1, 0.0, 0.0, 0.1)


@pytest.mark.parametrize("scale", [2.0**1022, 2.0**-1000])
def test_the_largest_and_the_smallest_doubles_have_a_mean_and_a_box(scale):
    values = np.array([-1.0, 0.5, 1.0, 1.5])
    plain, scaled = group_numbers("a", values), group_numbers("a", values * scale)

    for name in ("mean", "deviation", "half", "quartile_1", "median", "quartile_3", "lower", "upper"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name) * scale)
