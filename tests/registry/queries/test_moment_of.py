import time

import pytest

from registry.queries.as_of import moment_of
from trackui.errors import InvalidParameterValue

DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-02", DAY),
        ("1970-01-02T00:00:01Z", DAY + 1000),
        ("1970-01-02 01:00+01:00", DAY),
        ("1970-01-02T00:00:00.250", DAY + 250),
        (" 86400000 ", DAY),
        ("0", 0),
    ],
)
def test_a_time_is_read_as_in_a_filter(text, moment):
    assert moment_of(text) == moment


@pytest.mark.parametrize("text", ["", "  "])
def test_no_time_is_now(text):
    assert moment_of(text) is None


def test_a_time_ago_counts_from_now():
    assert moment_of("-7d") == pytest.approx(time.time() * 1000 - 7 * DAY, abs=5000)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "7d",
        "2026-13-01",
        "2026-03-01 x",
        "2026-03-01 2026-03-02",
        "'2026-03-01'",
        "1969-12-31",
        "-1",
        "-99999w",
        "9" * 30,
        "1e400",
        "(",
        "'",
        "\ud800",
        "2026-03-01T10:00:00 02:00",
        "x" * 100_000,
    ],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(InvalidParameterValue, match=r"'as_of' is no time"):
        moment_of(text)
