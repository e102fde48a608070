import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.metrics.smoothing import Kind, Smoothing, time_weighted_ema


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


# --- The kinds that addresses name ---------------------------------------------------------------


def wandb(x, y, parameter):
    """The code of W&B's documentation, "time weighted EMA", put into Python."""
    weight = min(np.sqrt(parameter), 0.999)
    last, debias, smoothed = 0.0, 0.0, []
    for index, value in enumerate(y):
        before = index - 1 if index > 0 else 0
        change = (x[index] - x[before]) / (x[-1] - x[0]) * 1000
        adjusted = weight**change
        last = last * adjusted + value
        debias = debias * adjusted + 1
        smoothed.append(last / debias)
    return smoothed


VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60)


@given(y=VALUES, parameter=st.floats(0.01, 0.999), seed=st.integers(0, 100))
def test_ema_is_that_of_wandb(y, parameter, seed):
    x = np.cumsum(np.random.default_rng(seed).integers(1, 20, size=len(y)))

    smooth = Smoothing.parse(f"ema:{parameter}").of(x, np.array(y))

    np.testing.assert_allclose(smooth, wandb(x, y, parameter), rtol=1e-7, atol=1e-6)


@given(y=VALUES, window=st.integers(2, 80))
def test_running_mean_is_that_of_pandas(y, window):
    smooth = Smoothing.parse(f"mean:{window}").of(np.arange(len(y)), np.array(y))

    expected = pd.Series(y).rolling(window, center=True, min_periods=1).mean()
    np.testing.assert_allclose(smooth, expected, rtol=1e-9, atol=1e-6)


def test_a_spike_leaves_nothing_behind_in_a_running_mean():
    y = np.ones(1000)
    y[500] = 1e300

    smooth = Smoothing(Kind.MEAN, 10).of(np.arange(1000), y)

    np.testing.assert_allclose(np.delete(smooth, np.s_[490:510]), 1)


@settings(deadline=None)
@given(y=VALUES, deviation=st.floats(0.5, 20))
def test_gaussian_is_a_weighted_average_of_neighbours(y, deviation):
    smooth = Smoothing(Kind.GAUSS, deviation).of(np.arange(len(y)), np.array(y))

    at = np.arange(len(y))
    weights = np.exp(-((at[:, None] - at) ** 2) / (2 * deviation**2))
    weights[np.abs(at[:, None] - at) > int(4 * deviation + 0.5)] = 0
    np.testing.assert_allclose(smooth, weights @ y / weights.sum(axis=1), rtol=1e-7, atol=1e-5)


@pytest.mark.parametrize("text", ["gauss:3", "mean:5"])
def test_nan_and_infinity_stay_with_every_kind(text):
    y = np.array([1.0, np.nan, 1.0, np.inf, 1.0])

    smooth = Smoothing.parse(text).of(np.arange(5), y)

    assert np.isnan(smooth[1]) and np.isposinf(smooth[3])
    np.testing.assert_allclose(smooth[[0, 2, 4]], 1.0)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.9", "ema:0.9"), ("ema:0.9", "ema:0.9"), ("ema:7", "ema:0.999"), ("gauss:20", "gauss:20"),
        ("gauss:1e9", "gauss:100"), ("mean:50", "mean:50"), ("mean:2.4", "mean:2"), ("mean:nan", "None"),
        ("median:3", "None"), ("", "None"), ("0", "None"), ("-1", "None"), ("ema:", "None"), (":", "None"),
    ],
)  # fmt: skip
def test_what_an_address_says(text, meant):
    assert str(Smoothing.parse(text)) == meant
