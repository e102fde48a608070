"""The mean of a group, held against pandas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from runs.metrics.group_mean import Band, Member, group_mean

VALUES = st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf, 0.1])
MEMBERS = st.lists(
    st.lists(st.tuples(st.integers(-5, 15), VALUES), max_size=20).map(
        lambda points: sorted(points, key=lambda p: p[0])
    ),
    min_size=1,
    max_size=6,
)


def members_of(points):
    return [
        Member(
            np.array([step for step, _ in one], "i8"),
            np.array([step * 2.0 for step, _ in one]),
            np.array([value for _, value in one], "f8"),
        )
        for one in points
    ]


def frame_of(points):
    """The last value of each member at each step; NaN and infinities left out."""
    frame = pd.DataFrame(
        [(member, step, value) for member, one in enumerate(points) for step, value in one],
        columns=["member", "step", "value"],
    )
    last = frame.groupby(["member", "step"], sort=True).tail(1)
    return last[np.isfinite(last["value"].astype("f8"))].groupby("step")["value"]


@settings(deadline=None)
@given(points=MEMBERS, band=st.sampled_from([Band.MINMAX, Band.STD, Band.STDERR, Band.CI95]))
def test_it_is_what_pandas_says(points, band):
    found = group_mean(members_of(points), band)
    groups = frame_of(points)
    count, mean, std = groups.count(), groups.mean(), groups.std(ddof=1)
    error = std / np.sqrt(count)
    low, high = {
        Band.MINMAX: (groups.min(), groups.max()),
        Band.STD: (mean - std, mean + std),
        Band.STDERR: (mean - error, mean + error),
        Band.CI95: (
            mean - error * stats.t.ppf(0.975, (count - 1).clip(1)),
            mean + error * stats.t.ppf(0.975, (count - 1).clip(1)),
        ),
    }[band]

    assert found.steps.tolist() == list(count.index)
    assert found.count.tolist() == count.tolist()
    close = {"rtol": 1e-9, "atol": 1e-6}
    np.testing.assert_allclose(found.mean, mean.to_numpy("f8"), **close)
    np.testing.assert_allclose(found.low, low.to_numpy("f8"), **close)
    np.testing.assert_allclose(found.high, high.to_numpy("f8"), **close)
    np.testing.assert_allclose(found.x, found.steps * 2.0)


def test_no_band_around_one_member():
    found = group_mean(members_of([[(0, 1.0), (1, 2.0)], [(0, 3.0)]]), Band.STD)

    assert found.count.tolist() == [2, 1]
    assert np.isnan(found.low).tolist() == [False, True]


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324])
@pytest.mark.parametrize("band", Band)
def test_the_ends_of_doubles_are_averaged(value, band):
    found = group_mean(members_of([[(0, value)], [(0, value)], [(0, value)]]), band)

    assert found.mean.tolist() == pytest.approx([value])


@pytest.mark.parametrize("points", [[], [[]], [[(0, np.nan)]]])
def test_nothing_has_no_mean(points):
    assert len(group_mean(members_of(points), Band.STD).mean) == 0


@pytest.mark.parametrize("band", [Band.STD, Band.MINMAX])
def test_a_step_at_which_a_run_diverged_changes_no_other(band):
    """Squares of what the others differ by would vanish at the scale of its value."""
    quiet = [[(0, 1e-7)], [(0, 3e-7)], [(0, 0.1), (1, 0.1)]]
    alone = group_mean(members_of([run[:1] for run in quiet]), band)
    beside = group_mean(members_of([quiet[0], quiet[1], [(0, 0.1), (1, 1e308)]]), band)

    assert (beside.mean[0], beside.low[0], beside.high[0]) == (alone.mean[0], alone.low[0], alone.high[0])


def test_the_band_from_least_to_greatest_holds_the_values_themselves():
    found = group_mean(members_of([[(0, 0.8281565184266096)], [(1, 1.2345e300)]]), Band.MINMAX)

    assert found.low.tolist() == found.high.tolist() == found.mean.tolist() == [0.8281565184266096, 1.2345e300]
