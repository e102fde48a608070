"""Values of two groups in two strips."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.charts.strip_plot import MOST_DOTS, WIDTH, Strip, strip_plot

SVG = "{http://www.w3.org/2000/svg}"


def parsed(*strips, title="val_acc"):
    return ElementTree.fromstring(strip_plot(title, strips))


def dots(group):
    return group.findall(f"{SVG}path")[0].get("d").split("M")[1:]


def strip(values, **ends):
    return Strip("lr 0.1", np.array(values, dtype=float), float(np.mean(values)), **ends)


def test_each_run_is_a_dot_and_strips_are_told_apart_by_letters():
    groups = parsed(strip([1, 2, 3], low=0.5, high=3.5), strip([2, 4])).findall(f"{SVG}g")

    assert [len(dots(group)) for group in groups] == [3, 2]
    assert [group.find(f"{SVG}text").text for group in groups] == ["a", "b"]
    assert [len(group.findall(f"{SVG}path")) for group in groups] == [3, 2]


def test_it_says_in_words_what_it_shows():
    assert parsed(strip([1, 2, 3])).get("aria-label") == "val_acc. lr 0.1: 3 runs, mean 2."


def test_of_many_runs_the_ends_are_among_those_drawn():
    (group,) = parsed(strip(np.arange(5000.0))).findall(f"{SVG}g")
    places = [float(dot.split()[0]) for dot in dots(group)]
    (few,) = parsed(strip([0.0, 4999.0])).findall(f"{SVG}g")

    assert len(places) == MOST_DOTS
    assert [places[0], places[-1]] == [float(dot.split()[0]) for dot in dots(few)]


def test_names_are_text():
    attack = Strip("<script>&\"'", np.array([1.0]), 1.0)

    assert parsed(attack, title="<b>").find(f"{SVG}g/{SVG}title").text == "<script>&\"'"


numbers = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5)


@given(numbers, numbers)
def test_whatever_the_values_all_lies_within_the_drawing(one, other):
    with np.errstate(over="ignore"):
        drawn = parsed(strip(one, low=min(one) / 2, high=max(one) / 2), strip(other))

    places = [float(dot.split()[0]) for group in drawn.findall(f"{SVG}g") for dot in dots(group)]
    assert all(0 <= place <= WIDTH for place in places)


@pytest.mark.parametrize("value", [0.0, 1.0, -3.5, 1e300])
def test_equal_values_stand_in_the_middle(value):
    (group,) = parsed(strip([value, value])).findall(f"{SVG}g")

    assert {float(dot.split()[0]) for dot in dots(group)} == {float(dots(group)[0].split()[0])}
