"""Blocks made of a request's columns are those that arrays make, and are read as they were."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.metrics.blocks import head_of
from runs.metrics.codec import Line, packed, plain, unpacked
from runs.metrics.points import columns_of, in_order
from runs.metrics.small_blocks import small_head
from runs.metrics.summary import summarise
from tests.runs.metrics.points import POINTS, as_stored, line_points

SETS = st.lists(POINTS, min_size=1, max_size=40)
LEAST, MOST = -(2**63), 2**63 - 1


@given(SETS)
def test_heads_are_those_of_the_same_points_as_arrays(points):
    columns = in_order(columns_of(points))

    assert small_head(columns, summarise(columns)) == head_of(Line.of(*columns), is_sealed=False)


@given(SETS)
def test_points_are_put_in_order_once_each_and_read_as_they_were(points):
    columns = in_order(columns_of(points))

    for data in (plain(*columns), packed(Line.of(*columns))):
        assert [as_stored(*point) for point in line_points(unpacked(data, len(columns)))] == sorted(set(points))


@pytest.mark.parametrize(
    "steps", [[5], [5, 6, 7], [5, 7, 9], [1, 2, 4, 5], [5, 5, 5], [9, 6, 3], [LEAST, MOST], [LEAST, 0, MOST], [3, 1, 3]]
)
def test_integers_of_any_distance_are_read_as_they_were(steps):
    data = plain(steps, steps[::-1], [0.5] * len(steps))

    line = unpacked(data, len(steps))

    assert (line.steps.tolist(), line.timestamps.tolist()) == (steps, steps[::-1])


def test_even_steps_and_one_time_take_no_room():
    assert len(plain(list(range(100)), [7] * 100, [0.5] * 100)) < 900


@pytest.mark.parametrize("make", [lambda line: plain(*(column.tolist() for column in line)), packed])
def test_cut_bytes_are_refused(make):
    data = make(Line.of([0, 1, 5], [3, 4, 5], [0.5, 1.5, 2.5]))

    for size in range(len(data)):
        with pytest.raises((ValueError, zlib.error)):
            unpacked(data[:size], 3)
