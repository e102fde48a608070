"""Blocks made of a request's columns are those that arrays make."""

from hypothesis import given
from hypothesis import strategies as st

from runs.metrics.blocks import head_of
from runs.metrics.codec import Line, plain, unpacked
from runs.metrics.points import columns_of, in_order
from runs.metrics.small_blocks import small_data, small_head
from runs.metrics.summary import summarise
from tests.runs.metrics.points import POINTS, as_stored, line_points

SETS = st.lists(POINTS, min_size=1, max_size=40)


@given(SETS)
def test_head_and_bytes_are_those_of_the_same_points_as_arrays(points):
    columns = in_order(columns_of(points))
    line = Line.of(*columns)

    assert small_head(columns, summarise(columns)) == head_of(line, is_sealed=False)
    assert small_data(columns) == plain(line)


@given(SETS)
def test_points_are_put_in_order_once_each(points):
    columns = in_order(columns_of(points))

    assert [as_stored(*point) for point in line_points(unpacked(small_data(columns), len(columns)))] == sorted(
        set(points)
    )
