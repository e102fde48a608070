import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runs.charts.axes import AxisScale, category_axis, number_axis
from runs.charts.bins import Bins, bin_edges

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


@given(numbers, st.sampled_from([None, 10, 50]))
def test_every_value_is_in_one_bin(values, wanted):
    values = np.array(values)
    axis = number_axis("x", values, scale=AxisScale.LINEAR)

    bins = Bins.of(values, bin_edges(axis, values, wanted=wanted), axis)

    assert bins.counts.sum() == len(values)
    assert bins.edges[0] <= values.min() and values.max() <= bins.edges[-1] + 1e-9
    assert (np.diff(bins.edges) > 0).all()


@given(st.lists(st.floats(1e-9, 1e9), min_size=2, max_size=100))
def test_bins_of_a_logarithmic_axis_grow_by_one_factor(values):
    values = np.array(values)
    axis = number_axis("x", values, scale=AxisScale.LOG)

    bins = Bins.of(values, bin_edges(axis, values, wanted=10), axis)

    assert bins.counts.sum() == len(values)
    assert np.allclose(bins.edges[1:] / bins.edges[:-1], bins.edges[1] / bins.edges[0])


def test_counts_are_those_of_numpy():
    values = np.random.default_rng(1).normal(size=500)
    axis = number_axis("x", values)
    edges = bin_edges(axis, values, wanted=20)

    assert Bins.of(values, edges, axis).counts.tolist() == np.histogram(values, edges)[0].tolist()


def test_whole_numbers_that_are_few_have_a_bin_each():
    edges = bin_edges(number_axis("depth", np.array([2.0, 5.0])), np.array([2.0, 5.0, 5.0]))

    assert edges.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]


def test_categories_have_a_bin_each():
    assert bin_edges(category_axis("model", ["a", "b"]), np.array([0.0, 1.0])).tolist() == [-0.5, 0.5, 1.5]
