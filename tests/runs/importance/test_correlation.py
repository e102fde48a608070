import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runs.importance.correlation import pearson, ranks, spearman

columns = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=40).filter(
    lambda pairs: all(len(set(column)) > 1 for column in zip(*pairs, strict=True))
)


@given(columns)
def test_both_are_what_scipy_says_ties_included(pairs):
    x, y = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))

    for ours, theirs in ((pearson(x, y), stats.pearsonr(x, y)), (spearman(x, y), stats.spearmanr(x, y))):
        assert ours.n == len(x)
        assert ours.value == pytest.approx(theirs.statistic, abs=1e-9)
        assert ours.p == pytest.approx(theirs.pvalue, abs=1e-6)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_ranks_share_the_mean_of_ties(values):
    assert ranks(np.array(values)).tolist() == stats.rankdata(values).tolist()


def test_a_column_that_does_not_vary_goes_with_nothing():
    assert pearson(np.full(5, 0.1), np.arange(5.0)).value is None
    assert spearman(np.arange(5.0), np.full(5, 0.1)).p is None


def test_two_pairs_say_nothing():
    assert pearson(np.array([1.0, 2.0]), np.array([1.0, 2.0])).value is None


def test_large_doubles_do_not_overflow():
    x = np.array([1.0, 2.0, 3.0, 4.0]) * 1e300

    assert pearson(x, x).value == pytest.approx(1)
