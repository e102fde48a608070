"""What is said of lines, in words."""

import numpy as np
import pytest

from runs.charts.series import LineChart, Role, Series, XAxis


def line(name, y, x=None, **more):
    x = np.arange(len(y)) if x is None else np.array(x)
    return Series(name, "var(--run-1)", x, np.array(y, "f8"), len(y), **more)


def story(*lines, **more):
    return LineChart("loss", lines, **more).story


def test_where_a_line_goes_and_where_it_is_best():
    said = story(line("calm-otter", [0.42, 0.191, 0.193], x=[0, 4200, 5000]), lower_is_better=True)

    assert said == "calm-otter falls 0.42 to 0.193; best 0.191 at step 4,200."


def test_of_several_lines_it_says_whose_best_it_is_and_where_they_cross():
    said = story(line("a", [0, 2, 0, 3]), line("b", [1, 1, 1, 1]), lower_is_better=False)

    assert said == "a rises 0 to 3; b begins and ends at 1; best 3 at step 3 (a); lines cross 3 times, last at step 3."


def test_lines_that_touch_do_not_cross():
    assert "do not cross" in story(line("a", [2, 1, 2]), line("b", [1, 1, 1]))


def test_many_lines_are_summed_up():
    said = story(*(line(f"r{n}", [1, 0.5 * n]) for n in range(5)))

    assert said.startswith("Of 5 lines 2 fall and 2 rise, ending between 0 and 2; ")


def test_a_range_is_told_of_its_own():
    assert story(line("a", [9, 3, 2, 1]), x_range=(0.5, 2.0)) == "a falls 3 to 2."


def test_runs_behind_a_mean_are_not_told():
    said = story(line("r", [5, 6], role=Role.MEMBER), line("g", [1, 2], role=Role.MEAN))

    assert said == "g rises 1 to 2."


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf]])
def test_nothing_is_said_of_nothing(y):
    assert story(line("a", y), lower_is_better=True) == ""


@pytest.mark.parametrize(
    ("axis", "place"),
    [
        ({"x_axis": XAxis.RELATIVE, "x_unit": "min"}, "2.5 min"),
        ({"x_axis": XAxis.METRIC, "x_name": "epoch"}, "epoch 2.5"),
        ({"x_axis": XAxis.WALL}, "1970-01-01 00:00:00 UTC"),
    ],
)
def test_places_are_told_as_the_axis_counts(axis, place):
    assert f"best 1 at {place}" in story(line("a", [2, 1], x=[0, 2.5]), lower_is_better=True, **axis)
