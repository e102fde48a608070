import json
import math

import numpy as np
import plotly.graph_objects as go
import pytest

from runs.charts.metric_lines import metric_lines
from runs.charts.plotly_json import figure_json
from runs.charts.series import LineChart, Series, XAxis, YScale


def series(name="run", y=(1.0, 2.0, 3.0), **more):
    return Series(name=name, colour="var(--run-1)", x=np.arange(len(y)), y=np.array(y), total=len(y), **more)


def figure(chart):
    """The figure as the browser gets it, once Plotly has found nothing wrong with it."""
    made = metric_lines(chart)
    go.Figure(made)
    return json.loads(figure_json(made))


def test_each_run_is_a_line_in_its_colour_and_a_dash_of_its_own():
    lines = figure(LineChart("loss", tuple(series(f"r{n}", dash=n) for n in range(3))))["data"]

    assert [(line["name"], line["line"]["color"]) for line in lines] == [(f"r{n}", "var(--run-1)") for n in range(3)]
    assert len({line["line"]["dash"] for line in lines}) == 3


def test_points_travel_packed():
    (line,) = figure(LineChart("loss", (series(),)))["data"]

    assert line["x"] == {"dtype": "i4", "bdata": "AAAAAAEAAAACAAAA"}
    assert line["y"]["dtype"] == "f8"


def test_the_frame_is_small_and_has_no_colours_of_its_own():
    layout = figure(LineChart("loss", (series(),)))["layout"]

    assert len(json.dumps(layout)) < 2_000
    assert "#" not in json.dumps(layout)


def test_what_is_no_number_is_marked_at_the_edges_on_an_axis_of_its_own():
    chart = LineChart("loss", (series(nan_x=np.array([1]), plus_inf_x=np.array([2])),))

    traces = figure(chart)["data"]

    assert [(t["meta"]["mark"], t["yaxis"]) for t in traces[1:]] == [("NaN", "y2"), ("∞", "y2")]


def test_smoothing_keeps_the_raw_line_faint():
    chart = LineChart("loss", (series(smooth_x=np.arange(3), smooth_y=np.array([1.0, 1.4, 1.9])),))

    raw, smooth = figure(chart)["data"]

    assert raw["opacity"] < 0.4 and "opacity" not in smooth


def test_dates_are_milliseconds_on_a_date_axis():
    wall = Series("r", "var(--run-1)", np.array([1.76e12, 1.76e12 + 5]), np.array([1.0, 2.0]), 2)
    sent = figure(LineChart("loss", (wall,), x_axis=XAxis.WALL))

    assert sent["layout"]["xaxis"]["type"] == "date"
    assert sent["data"][0]["x"]["dtype"] == "f8"


def test_a_log_axis_marks_what_is_not_above_zero():
    one = series(y=(math.nan, 2.0, 3.0), not_positive_x=np.array([0]), not_positive_count=1)
    chart = LineChart("loss", (one,), y_scale=YScale.LOG)

    sent = figure(chart)

    assert sent["layout"]["yaxis"]["type"] == "log"
    assert sent["data"][1]["meta"]["mark"] == "not above 0"
    assert "1 not above 0" in chart.caption


def test_the_caption_says_how_much_is_drawn():
    whole = LineChart("loss", (series(),))
    part = LineChart(
        "loss", (Series("r", "#112233", np.arange(842), np.ones(842), 1_204_331, nan_count=3, infinity_count=1),)
    )

    assert whole.caption == "3 of 3 points"
    assert part.caption == "842 of 1,204,331 points, extremes kept · 3 NaN · 1 infinite"


@pytest.mark.parametrize("step", [2**40, -(2**62)])
def test_steps_beyond_32_bits_are_drawn(step):
    one = Series("r", "#112233", np.array([min(0, step), max(0, step)]), np.array([1.0, 2.0]), 2)

    assert figure(LineChart("loss", (one,)))["data"][0]["x"]["dtype"] == "f8"
