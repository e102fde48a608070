import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runs.importance.association import by_groups, by_ranks

groups = st.lists(st.tuples(st.integers(0, 3), st.integers(-20, 20)), min_size=4, max_size=60).filter(
    lambda rows: len({group for group, _ in rows}) > 1 and len(rows) > len({group for group, _ in rows})
)


@given(groups)
def test_groups_are_judged_as_scipy_does(rows):
    at, y = (np.array(column) for column in zip(*rows, strict=True))
    samples = [y[at == group].astype(float) for group in np.unique(at)]
    found = by_groups(at, y.astype(float))
    if all(sample.min() == sample.max() for sample in samples):
        assert found.p in (None, 0.0)
        return

    theirs = stats.f_oneway(*samples)

    assert found.p == pytest.approx(theirs.pvalue, abs=1e-6)
    k, n = len(samples), len(y)
    assert found.value == pytest.approx(theirs.statistic * (k - 1) / (theirs.statistic * (k - 1) + n - k), abs=1e-9)


def test_runs_without_a_value_or_a_number_are_left_out():
    found = by_ranks(np.array([1.0, 2.0, np.nan, 4.0, 5.0]), np.array([1.0, 2.0, 3.0, np.inf, 9.0]))

    assert (found.n, found.value) == (3, 1.0)


def test_strengths_of_both_kinds_are_between_0_and_1():
    x = np.arange(10.0)

    assert by_ranks(x, -x).strength == pytest.approx(1)
    assert by_groups((x > 4).astype(int), (x > 4).astype(float)).strength == pytest.approx(1)
    assert by_groups(np.zeros(10, dtype=int), x).strength == 0
