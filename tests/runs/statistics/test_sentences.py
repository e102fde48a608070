"""What is said of two sides: right also where there is little to say."""

import math

import numpy as np
import pytest

from runs.statistics.sentences import compared_sentence, p_number, p_text
from runs.statistics.two_sides import TwoSides

A = [0.9401, 0.9412, 0.9420, 0.9395, 0.9432]
B = [0.9462, 0.9473, 0.9480, 0.9455, 0.9490]


def said(a, b, **options):
    return compared_sentence("val_acc", TwoSides(np.array(a, dtype=float), np.array(b, dtype=float)), **options)


ALIKE = "The runs of each side are all alike: no spread to tell chance from."
CASES = [
    (
        (A, B, {"runs": "seeds"}),
        "Over 5 seeds a side, val_acc is 0.0060 higher (95 % interval 0.0039 to 0.0081),"
        " Welch p < 0.001: unlikely by chance.",
    ),
    (
        (B, A, {"is_better": False}),
        "Over 5 runs a side, val_acc is 0.0060 lower, which is worse (95 % interval −0.0081 to −0.0039),"
        " Welch p < 0.001: unlikely by chance.",
    ),
    (
        ([1, 2, 3], [1.5, 2, 3, 2.5], {}),
        "Over 3 and 4 runs, val_acc is 0.25 higher (95 % interval −1.77 to 2.27),"
        " Welch p = 0.73: chance alone could make such a difference.",
    ),
    (
        ([0.1, 0.2], [0.9], {}),
        "On average val_acc is 0.75 higher. Too few: 2 and 1 runs say nothing about chance.",
    ),
    (([1, 1], [1, 1], {}), f"Over 2 runs a side, val_acc is the same. {ALIKE}"),
    (([1, 1], [2, 2, 2], {}), f"Over 2 and 3 runs, val_acc is 1 higher. {ALIKE}"),
    (([], [], {}), "Neither side has a finite value of val_acc: there is nothing to compare."),
    (
        ([1], [math.nan], {}),
        "One side has no finite value of val_acc: there is nothing to compare. 1 value is not finite and left out.",
    ),
]


@pytest.mark.parametrize(("asked", "expected"), CASES)
def test_sentences(asked, expected):
    a, b, options = asked

    assert said(a, b, **options) == expected


def test_what_is_not_finite_is_told():
    assert said([*A, math.nan, math.inf], B).endswith("2 values are not finite and left out.")


def test_two_runs_a_side_are_called_a_hint():
    assert "With so few seeds this is a hint at most." in said([1, 1.1], [2, 2.1], runs="seeds")


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ([], [1.0], "one side has no value"),
        ([1.0], [1.0, 2.0], "a side of one run has no spread"),
        ([1.0, 1.0], [2.0, 2.0], "the runs of each side are all alike"),
        (A, B, ""),
    ],
)
def test_why_there_is_no_test(a, b, why):
    assert TwoSides(np.array(a), np.array(b)).no_test == why


def test_p_is_written_as_small_as_it_can_be_told():
    assert [p_number(p) for p in (0.0004, 0.0061, 0.0499, 0.34, 0.996, 1.0, None)] == [
        "< 0.001", "0.006", "0.050", "0.34", "1", "1", "",
    ]  # fmt: skip
    assert (p_text(0.0), p_text(0.02), p_text(None)) == ("p < 0.001", "p = 0.020", "")
