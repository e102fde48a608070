"""Tests and effect sizes of two sides, held against scipy and against counting every case."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from runs.statistics.bootstrap import bootstrap_difference
from runs.statistics.corrections import benjamini_hochberg, holm
from runs.statistics.describe import describe
from runs.statistics.effects import hedges_g, size_in_words
from runs.statistics.mann_whitney import mann_whitney
from runs.statistics.welch import welch

numbers = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda value: round(value, 6))
sides = st.lists(numbers, min_size=2, max_size=15)
few_values = st.lists(st.integers(0, 4).map(float), min_size=1, max_size=6)


# scipy warns of nearly identical values.
pytestmark = pytest.mark.filterwarnings("ignore:Precision loss")


# --- Welch --------------------------------------------------------------------------------------


@given(sides, sides)
def test_welch_is_that_of_scipy(a, b):
    found = welch(describe(a), describe(b))
    assume(found is not None and found.se > 1e-5)

    expected = stats.ttest_ind(b, a, equal_var=False)
    interval = expected.confidence_interval(0.95)

    assert found.t == pytest.approx(expected.statistic, rel=1e-6, abs=1e-9)
    assert found.degrees == pytest.approx(expected.df, rel=1e-6)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-5, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b"), [([1.0], [1.0, 2.0]), ([], [1.0, 2.0]), ([1.0, 1.0], [2.0, 2.0]), ([1.0, math.nan], [1.0, 2.0])]
)
def test_without_two_numbers_a_side_or_any_spread_nothing_is_tested(a, b):
    assert welch(describe(a), describe(b)) is None


def test_one_side_without_a_spread_is_tested_against_the_other():
    found = welch(describe([1.0, 1.0, 1.0]), describe([2.0, 2.1, 2.2]))

    assert found.p == pytest.approx(stats.ttest_ind([2.0, 2.1, 2.2], [1.0, 1.0, 1.0], equal_var=False).pvalue)


def test_the_largest_numbers_are_tested_as_others_are():
    small, large = [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]

    found = welch(describe([1e300 * x for x in small]), describe([1e300 * x for x in large]))

    assert found.p == pytest.approx(welch(describe(small), describe(large)).p)


# --- Mann-Whitney -------------------------------------------------------------------------------


@given(few_values, few_values)
def test_small_sides_are_counted_case_by_case_with_ties(a, b):
    ranks = stats.rankdata([*a, *b])
    sums = np.array([sum(chosen) for chosen in combinations(ranks, len(b))])
    seen = ranks[len(a) :].sum()
    expected = min(1.0, 2 * min((sums <= seen + 1e-9).mean(), (sums >= seen - 1e-9).mean()))

    found = mann_whitney(np.array(a), np.array(b))

    assert found.is_exact
    assert found.p == pytest.approx(expected)
    assert found.u == stats.mannwhitneyu(b, a).statistic


@given(st.lists(numbers, min_size=2, max_size=12, unique=True), st.data())
def test_without_ties_it_is_the_exact_test_of_scipy(values, data):
    cut = data.draw(st.integers(1, len(values) - 1))
    a, b = values[:cut], values[cut:]

    found = mann_whitney(np.array(a), np.array(b))

    assert found.p == pytest.approx(stats.mannwhitneyu(b, a, method="exact").pvalue)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9).map(float), min_size=25, max_size=60), st.lists(numbers, min_size=25, max_size=40))
def test_larger_sides_are_held_to_the_normal_curve_as_scipy_does(a, b):
    expected = stats.mannwhitneyu(b, a, method="asymptotic")

    found = mann_whitney(np.array(a), np.array(b))

    assert not found.is_exact
    assert (found.u, found.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_infinities_have_a_rank_and_nan_has_none():
    found = mann_whitney(np.array([1.0, 2.0, math.nan]), np.array([3.0, math.inf]))

    assert (found.n_a, found.n_b, found.u, found.share, found.cliffs_delta) == (2, 2, 4.0, 1.0, 1.0)
    assert mann_whitney(np.array([math.nan]), np.array([1.0])) is None


@pytest.mark.parametrize("count", [3, 30])
def test_equal_values_say_nothing(count):
    found = mann_whitney(np.ones(count), np.ones(count))

    assert (found.p, found.share, found.cliffs_delta) == (1.0, 0.5, 0.0)


# --- Effect size --------------------------------------------------------------------------------


@given(sides, sides)
def test_hedges_g_is_the_difference_in_pooled_spreads_made_smaller(a, b):
    found = hedges_g(describe(a), describe(b))
    assume(found is not None)
    degrees = len(a) + len(b) - 2
    pooled = math.sqrt(((len(a) - 1) * np.var(a, ddof=1) + (len(b) - 1) * np.var(b, ddof=1)) / degrees)
    assume(pooled > 1e-4)

    correction = math.gamma(degrees / 2) / (math.sqrt(degrees / 2) * math.gamma((degrees - 1) / 2))
    assert found == pytest.approx(correction * (np.mean(b) - np.mean(a)) / pooled, rel=1e-5, abs=1e-9)
    assert correction == pytest.approx(1 - 3 / (4 * degrees - 1), abs=0.01 if degrees > 3 else 0.1)


def test_no_spread_and_no_numbers_have_no_effect_size():
    assert hedges_g(describe([1.0, 1.0]), describe([2.0, 2.0])) is None
    assert hedges_g(describe([1.0]), describe([2.0, 3.0])) is None
    assert [size_in_words(g) for g in (0.1, -0.3, 0.6, -2.0)] == ["negligible", "small", "medium", "large"]


# --- Bootstrap ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_bootstrap_interval_is_that_of_scipy_but_for_the_draw(seed):
    random = np.random.default_rng(seed)
    a, b = random.gamma(2.0, size=20), random.gamma(3.0, size=15)

    expected = stats.bootstrap(
        (a, b), lambda a, b, axis: b.mean(axis) - a.mean(axis), method="BCa", n_resamples=10_000, rng=seed
    ).confidence_interval
    found = bootstrap_difference(a, b)

    assert found.method == "BCa"
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.06)


def test_the_same_values_give_the_same_interval_in_any_order():
    a, b = np.array([1.0, 2.0, 4.0]), np.array([2.0, 5.0, 6.0])

    assert bootstrap_difference(a, b) == bootstrap_difference(a[::-1], np.roll(b, 1))


@given(st.lists(numbers, min_size=2, max_size=8), st.lists(numbers, min_size=2, max_size=8))
@settings(max_examples=25, deadline=None)
def test_the_interval_lies_within_what_the_values_allow(a, b):
    found = bootstrap_difference(np.array(a), np.array(b))
    assume(found is not None)
    margin = 1e-9 * max(map(abs, [*a, *b]))

    assert min(b) - max(a) - margin <= found.low <= found.high <= max(b) - min(a) + margin


@pytest.mark.parametrize(
    ("a", "b"),
    [([1.0], [1.0, 2.0]), ([1.0, 1.0], [2.0, 2.0]), ([math.nan, 1.0], [1.0, 2.0]), ([1.0, 2.0], [0.0] * 201)],
)
def test_what_cannot_be_resampled_has_no_interval(a, b):
    assert bootstrap_difference(np.array(a), np.array(b)) is None


# --- Many tests ---------------------------------------------------------------------------------

ps = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(ps)
def test_benjamini_hochberg_is_that_of_scipy(values):
    assert benjamini_hochberg(values) == pytest.approx(stats.false_discovery_control(values).tolist())


@given(ps)
def test_holm_holds_each_to_as_many_tests_as_are_left(values):
    found = holm(values)

    for i, p in enumerate(values):
        smaller = [q for q in values if q <= p]
        least = [min(1.0, q * sum(other >= q for other in values)) for q in smaller]
        assert found[i] >= p
        assert found[i] == pytest.approx(max(least))


def test_tests_that_were_not_made_do_not_count():
    assert holm([0.01, None, 0.04]) == [0.02, None, 0.04]
    assert benjamini_hochberg([None, 0.02, 0.04]) == [None, 0.04, 0.04]
    assert holm([None]) == [None]
