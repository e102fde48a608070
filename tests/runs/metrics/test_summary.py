"""The summary of a set of points, however the points came."""

import math
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.metrics.points import columns_of
from runs.metrics.summary import merge
from runs.metrics.summary import summarise as summarise_columns
from tests.runs.metrics.points import POINTS, expected_summary, same_summary, splits

MAX = sys.float_info.max


def summarise(points):
    return summarise_columns(columns_of(points))


def stored(*values):
    return [(step, 0, 0.0 if math.isnan(v) else v, math.isnan(v)) for step, v in enumerate(values)]


def merged(*sets):
    summary = summarise(sorted(sets[0]))
    for points in sets[1:]:
        summary = merge(summary, summarise(sorted(points)))
    return summary


@given(st.sets(POINTS, min_size=1, max_size=40))
def test_a_set_of_points_is_summarised(points):
    assert same_summary(summarise(sorted(points)), expected_summary(points))


@settings(max_examples=300)
@given(splits(st.sets(POINTS, min_size=1, max_size=40)))
def test_a_split_set_has_the_summary_of_the_whole(parts):
    assert same_summary(merged(*parts), expected_summary(set().union(*parts)))


@given(splits(st.sets(POINTS, min_size=2, max_size=20)))
def test_the_order_of_the_parts_does_not_matter(parts):
    there, back = merged(*parts), merged(*reversed(parts))

    exact = set(there._fields) - {"sum", "sum_error", "mean_value"}
    assert {name: getattr(there, name) for name in exact} == {name: getattr(back, name) for name in exact}


# --- Means -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([0.1] * 10, 0.1),
        ([1e16, 1.0, -1e16], 1 / 3),
        ([1e300, 1.0, -1e300, 1.0], 0.5),
        ([math.nan, 2.0, 4.0], 3.0),
        ([math.nan], None),
        ([math.inf, 1.0], math.inf),
        ([-math.inf, 1.0, math.nan], -math.inf),
        ([math.inf, -math.inf, 1.0], None),
        ([5e-324, 5e-324], 5e-324),
        ([MAX], MAX),
        ([MAX, -MAX], 0.0),
    ],
)
def test_means_are_exact_in_one_batch_and_one_by_one(values, mean):
    points = stored(*values)

    assert summarise(points).mean_value == mean
    assert merged(*([point] for point in points)).mean_value == mean


def test_a_mean_does_not_drift_over_many_requests():
    values = [(-1) ** step * 1e8 + 0.1 for step in range(2_000)]

    assert merged(*([point] for point in stored(*values))).mean_value == pytest.approx(
        float(sum(map(Fraction, values)) / len(values)), rel=1e-15
    )


@pytest.mark.parametrize("values", [[MAX, MAX], [1e308] * 10, [-MAX, -MAX, -1e308], [MAX, MAX, MAX, -MAX]])
def test_sums_past_the_largest_double_leave_a_mean_between_least_and_greatest(values):
    points = stored(*values)

    for summary in (summarise(points), merged(*([point] for point in points))):
        assert min(values) <= summary.mean_value <= max(values)


@pytest.mark.parametrize("values", [[1e308, 1e308, -1e308, -1e308, 3.0], [MAX, MAX, -MAX, -MAX, 3.0]])
def test_a_sum_that_only_passes_the_largest_double_on_the_way_is_exact(values):
    assert summarise(stored(*values)).mean_value == 3 / 5


# --- Ties --------------------------------------------------------------------------------------


def test_of_equal_extremes_the_earliest_step_counts():
    late, early = [(5, 0, 1.0, False), (6, 0, 3.0, False)], [(2, 9, 3.0, False), (3, 0, 1.0, False)]

    for summary in (merged(late, early), merged(early, late), merged(early + late)):
        assert (summary.min_value, summary.min_step) == (1.0, 3)
        assert (summary.max_value, summary.max_step) == (3.0, 2)


def test_nan_and_zero_at_one_moment_are_told_apart_alike():
    zero, nan = [(1, 1, 0.0, False)], [(1, 1, 0.0, True)]

    for summary in (merged(zero, nan), merged(nan, zero), merged(zero + nan)):
        assert (summary.first_is_nan, summary.last_is_nan) == (False, True)
