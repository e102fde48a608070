import numpy as np
import pytest

from runs.charts.seen import plotly_range, y_bounds
from runs.charts.series import LineChart, Series, YScale
from runs.charts.svg import svg_chart


def chart(x, y, x_range, **more):
    one = Series("r", "var(--run-1)", np.array(x, "f8"), np.array(y, "f8"), len(x))
    return LineChart("loss", (one,), x_range=x_range, **more)


def test_a_spike_outside_the_range_stretches_the_axis_only_as_far_as_the_line_is_seen():
    zoomed = chart([0, 10, 20, 30], [100, 1, 2, 1], (9.0, 20.0))

    assert y_bounds(zoomed) == pytest.approx((1.0, 10.9))


def test_a_line_that_only_crosses_the_range_is_seen():
    assert y_bounds(chart([0, 10], [0, 10], (2.0, 4.0))) == pytest.approx((2.0, 4.0))


def test_a_logarithmic_axis_is_crossed_along_straight_lines_of_its_own():
    zoomed = chart([0, 2, 3], [1, 100, -1], (1.0, 2.0), y_scale=YScale.LOG)

    assert y_bounds(zoomed) == pytest.approx((10.0, 100.0))
    low, high = plotly_range(zoomed)
    assert 0.9 < low < 1 < 2 < high < 2.1


@pytest.mark.parametrize("y", [[1, 1], [np.nan, np.nan], [-1e308, 1.7e308]])
def test_plotly_chooses_where_there_is_nothing_to_say(y):
    assert plotly_range(chart([0, 1], y, (0.0, 1.0))) is None


def test_a_whole_chart_has_the_range_of_its_lines():
    assert y_bounds(chart([0, 1], [1, 2], None)) is None


def test_a_drawing_of_a_range_is_cut_off_at_its_ends():
    assert svg_chart(chart([0, 10, 20], [1, 2, 3], (5.0, 15.0))).count("<svg") == 2
    assert svg_chart(chart([0, 10, 20], [1, 2, 3], None)).count("<svg") == 1
