"""Numbers, durations, sizes and times as people read them."""

import math

import pytest

from trackui import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.94123456, "0.94123"),
        (0.3, "0.3"),
        (-1.5, "−1.5"),
        (663.0, "663"),
        (1204331.0, "1,204,331"),
        (12345.678, "12,346"),
        (0.000032, "3.2e-5"),
        (1e300, "1e300"),
        (5e-324, "4.941e-324"),
    ],
)
def test_a_figure_takes_the_digits_it_needs(value, text):
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([], 0),
        ([None, math.nan], 0),
        ([1.0, 2.0, 30.0], 0),
        ([0.9412, 0.94731], 4),
        ([0.5, 2.25], 2),
        ([0.99987, 0.99991], 5),
        ([1234.5678, 0.1], 3),
        ([math.inf, 0.25], 2),
    ],
)
def test_a_column_shares_its_decimals(values, decimals):
    assert formats.decimals_for(values) == decimals


def test_one_run_that_diverged_does_not_round_the_others_to_whole_numbers():
    losses = [0.5, 0.51, 1.49, 2.31, 1e9]

    written = [formats.number(loss, formats.decimals_for(losses)) for loss in losses]

    assert written == ["0.50", "0.51", "1.49", "2.31", "1,000,000,000.00"]


def test_a_value_too_small_for_its_column_is_not_shown_as_zero():
    assert formats.number(3e-7, 3) == "3e-7"
    assert formats.number(0.1, 0) == "0.1"
    assert formats.number(0.00014937, 3) == "1.494e-4"
    assert formats.number(0.0, 3) == "0.000"


@pytest.mark.parametrize("value", [0.1, 1e-9, 123456789.123, -2.5e300, 7.0])
def test_the_full_number_reads_back_as_itself(value):
    assert float(formats.full_number(value)) == value


@pytest.mark.parametrize(
    ("value", "reference", "text"),
    [
        (0.9473, 0.9412, "+0.65 %"),
        (0.2, 0.4, "−50.0 %"),
        (5.0, 1.0, "+400 %"),
        (-1.0, -2.0, "+50.0 %"),
        (1.0, 1.0, "±0 %"),
        (1.000001, 1.0, "+<0.01 %"),
        (1.0, 0.0, "n/a"),
        (math.inf, 1.0, "n/a"),
        (None, 1.0, ""),
    ],
)
def test_a_change_is_signed_and_says_when_it_says_nothing(value, reference, text):
    assert formats.change(value, reference) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (840, "840 ms"),
        (5_240, "5.2 s"),
        (52_000, "52 s"),
        (252_000, "4 m 12 s"),
        (11_100_000, "3 h 05 m"),
        (12 * 86_400_000 + 4 * 3_600_000, "12 d 04 h"),
        (-2_000, "−2.0 s"),
    ],
)
def test_durations(milliseconds, text):
    assert formats.duration(milliseconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_600, "1 h ago"),
        (90_000, "1 d ago"),
        (20 * 86_400, "2026-01-02"),
    ],
)
def test_times_are_relative_for_two_weeks(seconds, text):
    now = 1_769_040_000_000  # 2026-01-22

    assert formats.relative_time(now - seconds * 1000, now) == text


def test_a_time_beyond_the_calendar_is_shown_as_it_is():
    assert formats.absolute_time(2**63 - 1) == "9223372036854775807 ms"
    assert formats.relative_time(2**63 - 1, 0) == "9223372036854775807 ms"


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (12_400, "12.4 kB"), (123_400_000, "123 MB"), (999_950, "1.0 MB")],
)
def test_sizes(size, text):
    assert formats.filesize(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "1 min"),
        (0, "1 min"),
        (150, "2 min"),
        (7_200, "2 h"),
        (86_400 * 45 + 5, "45 d"),
        (86_400 * 4_000, "4,000 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds, text):
    now = 1_780_000_000_000
    assert formats.age(now - seconds * 1000, now) == text
    assert formats.age(None, now) == "–"
