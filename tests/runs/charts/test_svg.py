import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from runs.charts.series import LineChart, Series, XAxis, YScale
from runs.charts.svg import DARK, LIGHT, svg_chart, svg_file

NAMESPACE = "{http://www.w3.org/2000/svg}"
TOKENS = Path(__file__).parents[3] / "static" / "css" / "tokens.css"


def chart(y=(1.0, 4.0, 2.0), x=None, name="run", **more):
    x = np.arange(len(y)) if x is None else np.array(x)
    return LineChart("loss", (Series(name, "var(--run-1)", x, np.array(y, dtype="f8"), len(y)),), **more)


def parsed(svg):
    return ElementTree.fromstring(svg)


def line(svg):
    return parsed(svg).find(f"{NAMESPACE}g/{NAMESPACE}path").get("d")


def labels(svg):
    return [text.text for text in parsed(svg).iter(f"{NAMESPACE}text")]


def test_the_line_goes_through_the_points_from_left_to_right():
    points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", line(svg_chart(chart())))[1:]]

    (x0, y0), (x1, y1), (x2, y2) = points
    assert x0 < x1 < x2
    assert y1 < y2 < y0  # up is less


def test_a_value_that_is_no_number_breaks_the_line():
    assert line(svg_chart(chart(y=(1, 2, np.nan, 3, 4)))).count("M") == 2


def test_texts_are_escaped():
    svg = svg_chart(chart(name="<script>alert(1)</script>&"))

    assert "<script>" not in svg
    assert parsed(svg).find(f"{NAMESPACE}g/{NAMESPACE}title").text == "<script>alert(1)</script>&"


@pytest.mark.parametrize(
    "y", [(), (1,), (5, 5, 5), (0, 0), (np.nan,), (1e308, -1e308), (5e-324, 0), (np.inf, 1, -np.inf)], ids=str
)
@pytest.mark.parametrize("scale", YScale)
@pytest.mark.parametrize("axis", XAxis)
def test_any_values_can_be_drawn(y, scale, axis):
    svg = svg_chart(chart(y=y, y_scale=scale, x_axis=axis))

    assert parsed(svg) is not None
    assert "nan" not in line(svg) and "inf" not in line(svg)


@pytest.mark.parametrize("x", [(-(2**63), 2**63 - 1), (0, 0), (1e300, 1.7e308)], ids=str)
@pytest.mark.parametrize("axis", XAxis)
def test_any_steps_and_times_can_be_drawn(x, axis):
    assert "nan" not in line(svg_chart(chart(y=(1, 2), x=x, x_axis=axis)))


def test_ticks_are_round():
    assert labels(svg_chart(chart(y=(0, 0.5, 1))))[:6] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert "1,000" in labels(svg_chart(chart(y=(0.01, 1, 1000), y_scale=YScale.LOG)))


def test_times_are_told_in_utc():
    start = 1_768_556_400_000  # 2026-01-16 09:40

    svg = svg_chart(chart(x=(start, start + 1_000_000, start + 3_600_000), x_axis=XAxis.WALL))

    assert "09:50" in labels(svg) and "time (UTC)" in labels(svg)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_file_stands_alone(look):
    svg = svg_file(chart(), look=look)

    assert "var(" not in svg
    assert parsed(svg).get("width") == "640"


def test_colours_of_files_are_those_of_the_pages():
    tokens = dict(re.findall(r"(--[\w-]+): light-dark\((#\w+, #\w+)\)", TOKENS.read_text()))

    for name in LIGHT:
        assert tokens[name] == f"{LIGHT[name]}, {DARK[name]}"


def test_a_name_with_control_characters_is_a_file_that_can_be_read():
    svg = svg_file(chart(name="\x1b[31mred\x00\ufffe"))

    assert "\ufffd[31mred\ufffd\ufffd" in [title.text for title in parsed(svg).iter(f"{NAMESPACE}title")]
