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
