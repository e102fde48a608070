"""Figures over runs, held against Plotly's schema, and their drawings against what XML allows."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest

from runs.charts.axes import AxisScale, category_axis, number_axis
from runs.charts.bar import BarChart
from runs.charts.bins import Bins, bin_edges
from runs.charts.box import BoxPlot
from runs.charts.colour_by import ColourBy
from runs.charts.colour_key import colour_key
from runs.charts.contour import Contour
from runs.charts.groups import group_numbers
from runs.charts.histogram import Histogram
from runs.charts.parallel_coordinates import Dimension, ParallelCoordinates
from runs.charts.pareto import ParetoFront
from runs.charts.plotly_json import figure_json
from runs.charts.scatter import MOST_DRAWN, Point, Scatter, visible_points
from runs.charts.svg import Box
from runs.charts.svg_parts import svg_figure_file
from runs.importance.trend import straight

HOSTILE = "<script>alert(1)</script> \"&'\n%{x} <b>bold</b>"
NUMBERS = np.array([1.0, 2.0, 4.0, 7.0])
AXIS = number_axis(HOSTILE, NUMBERS)
GROUPS = category_axis(HOSTILE, [HOSTILE, "b"])
POINTS = [Point(f"r{number}", HOSTILE) for number in range(4)]
EVERY = np.arange(4)


def scatter(**more):
    return Scatter(HOSTILE, AXIS, AXIS, NUMBERS, NUMBERS, EVERY, POINTS, **more)


CHARTS = {
    "scatter": scatter(trend=straight(NUMBERS, NUMBERS * 2 + 1), marked=2),
    "coloured": scatter(colour=ColourBy(HOSTILE, numbers=np.array([1.0, np.nan, 3.0, 4.0]))),
    "grouped": scatter(colour=ColourBy(HOSTILE, groups=np.array([0, 1, -1, 0]), names=(HOSTILE, "b"))),
    "histogram": Histogram(HOSTILE, AXIS, Bins.of(NUMBERS, bin_edges(AXIS, NUMBERS), AXIS)),
    "categories": Histogram(HOSTILE, GROUPS, Bins.of(np.array([0.0, 1.0]), bin_edges(GROUPS, NUMBERS), GROUPS)),
    "box": BoxPlot(HOSTILE, GROUPS, AXIS, [group_numbers(HOSTILE, NUMBERS)], [0], np.zeros(4), NUMBERS, POINTS),
    "bar": BarChart(HOSTILE, GROUPS, AXIS, [group_numbers(HOSTILE, NUMBERS)], [0]),
    "bar from data": BarChart(HOSTILE, GROUPS, AXIS, [group_numbers(HOSTILE, NUMBERS[:1])], [0], from_zero=False),
    "contour": Contour(
        HOSTILE, GROUPS, AXIS, HOSTILE, np.array([-0.5, 0.5, 1.5]), np.array([0.0, 4.0, 8.0]),
        np.array([[1.0, np.nan], [3.0, 2.0]]), np.array([[2, 0], [1, 1]]),
    ),
    "parallel": ParallelCoordinates(
        HOSTILE,
        [Dimension(GROUPS, np.array([0.0, 1.0, np.nan, 0.0])), Dimension(AXIS, NUMBERS)],
        ColourBy(HOSTILE, numbers=np.array([1.0, np.nan, 3.0, 4.0])),
    ),
    "pareto": ParetoFront(
        HOSTILE, AXIS, AXIS, NUMBERS[:2], NUMBERS[:2], POINTS[:2], NUMBERS[2:], NUMBERS[2:], POINTS[2:],
        steps=(NUMBERS[2:], NUMBERS[2:]), z=ColourBy(HOSTILE, numbers=NUMBERS[2:]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_plotly_finds_nothing_wrong_and_no_tag_of_people_is_left(chart):
    figure = chart.figure()

    go.Figure(figure)

    sent = figure_json(figure).decode()
    assert "<script" not in sent.replace(tick_texts(figure), "") and "<b>bold" not in sent
    assert "<b>" not in sent.replace(tick_texts(figure), ""), "Plotly sets a style for it"
    assert "#" not in json.dumps(json.loads(sent)["layout"])


def tick_texts(figure):
    """Ticks of parallel coordinates, which Plotly writes as they are."""
    return next(
        (dimension["ticktext"][1] for trace in figure["data"] for dimension in trace.get("dimensions", ())), "\0"
    )


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_drawing_is_whole_and_takes_names_as_text(chart, look):
    drawn = svg_figure_file(chart, box=Box(600, 300), look=look)

    root = ET.fromstring(drawn)
    assert not [node for node in root.iter() if node.tag.endswith("script")]
    assert "var(--" not in drawn and "nan" not in drawn.lower().replace("alert", "")


def test_points_that_hide_each_other_are_drawn_once_and_extremes_are_kept():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 50_000))
    axes = number_axis("x", x), number_axis("y", y)

    drawn = visible_points(x, y, *axes)

    assert len(drawn) <= MOST_DRAWN
    assert {int(x.argmax()), int(y.argmin())} <= set(drawn.tolist())


def test_numbers_that_span_decades_are_drawn_by_their_powers():
    assert number_axis("lr", np.array([1e-5, 1e-2])).scale is AxisScale.LOG
    assert number_axis("lr", np.array([0.0, 1e-2])).scale is AxisScale.LINEAR
    assert number_axis("loss", np.array([0.2, 0.9])).scale is AxisScale.LINEAR


@pytest.mark.parametrize("values", [[5e-324, 1.7e308], [-1.7e308, 1.7e308], [0.0], [], [3.0, 3.0], [np.inf, 1.0]])
@pytest.mark.parametrize("scale", list(AxisScale)[:2])
def test_an_axis_holds_whatever_is_finite(values, scale):
    axis = number_axis("x", np.array(values), scale=scale)

    assert np.isfinite([axis.low, axis.high]).all() and axis.low < axis.high
    assert all(np.isfinite(at) for at, _ in axis.ticks(about=5))


def test_a_run_without_a_value_crosses_below_the_axis_and_is_told_by_it():
    dimension = Dimension(AXIS, np.array([1.0, np.nan]))

    assert dimension.crossings[1] < dimension.ends[0]
    assert dimension.ticks[0][1] == "no value"


def test_the_key_says_from_where_to_where_the_colours_go():
    assert "loss from 1 to 4" in colour_key(ColourBy("loss", numbers=np.array([1.0, np.nan, 4.0])))
