import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runs.metrics.smoothing import time_weighted_ema


def by_hand(x, y, weight):
    average = []
    for i in range(len(x)):
        fades = [weight ** ((x[i] - x[j]) / (x[-1] - x[0]) * 1000) for j in range(i + 1)]
        average.append(sum(f * v for f, v in zip(fades, y, strict=False)) / sum(fades))
    return average


@given(
    steps=st.lists(st.integers(0, 10_000), min_size=3, max_size=40, unique=True),
    weight=st.floats(0.05, 0.999),
    seed=st.integers(0, 100),
)
def test_it_is_the_average_whose_weights_fade_with_distance(steps, weight, seed):
    x = np.sort(np.array(steps))
    y = np.random.default_rng(seed).normal(size=len(x))

    np.testing.assert_allclose(time_weighted_ema(x, y, weight=weight), by_hand(x, y, weight), rtol=1e-9, atol=1e-12)


def test_without_weight_nothing_changes():
    y = np.array([1.0, 5.0, 2.0])

    assert time_weighted_ema(np.arange(3), y, weight=0).tolist() == [1.0, 5.0, 2.0]


def test_a_constant_stays_constant_from_its_first_point_on():
    np.testing.assert_allclose(time_weighted_ema(np.arange(5000), np.full(5000, 3.5), weight=0.9), 3.5)


def test_nan_and_infinity_stay_and_do_not_spread():
    y = np.array([1.0, np.nan, 1.0, np.inf, 1.0])

    smooth = time_weighted_ema(np.arange(5), y, weight=0.9)

    assert np.isnan(smooth[1]) and np.isposinf(smooth[3])
    np.testing.assert_allclose(smooth[[0, 2, 4]], 1.0)


def test_a_million_points_take_well_under_a_second():
    y = np.random.default_rng(1).normal(size=1_000_000)

    smooth = time_weighted_ema(np.arange(len(y)), y, weight=0.2)

    assert np.isfinite(smooth).all()


def test_the_largest_doubles_are_averaged_too():
    y = np.full(1000, 1.7e308)

    np.testing.assert_allclose(time_weighted_ema(np.arange(1000), y, weight=0.9), y)
