import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackui.array_literals import array_literal
from trackui.db import fetch_all

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.sampled_from(
    ["", "NULL", "null", '"', "\\", "{a,b}", "a,b", " x ", "\\x00", "%s", "'; --", "\n", "ß😀"]
)
BIGINTS = st.integers(-(2**63), 2**63 - 1)

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", TEXTS),
        ("bigint", BIGINTS),
        ("double precision", st.floats(allow_nan=False)),
        ("boolean", st.booleans()),
        ("bytea", st.binary(max_size=50)),
    ],
)
def test_every_value_comes_back_as_it_was(kind, values):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(values | st.none(), min_size=1, max_size=30))
    def check(column):
        rows = fetch_all(f"SELECT * FROM unnest(%s::{kind}[])", [array_literal(column)])

        assert [repr(value) for (value,) in rows] == [repr(value) for value in column]

    check()


def test_nan_comes_back_as_nan():
    ((value,),) = fetch_all("SELECT * FROM unnest(%s::double precision[])", [array_literal([math.nan])])

    assert math.isnan(value)


def test_no_values_are_an_empty_array():
    assert fetch_all("SELECT * FROM unnest(%s::bigint[])", [array_literal([])]) == []
