"""Equal JSON values are equal texts, whichever database wrote them."""

import json

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackui.database_transfer.json_text import canonical

NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
# What neither database takes in a text: NUL, and halves of surrogate pairs.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"b":1,"a":2}', '{"a": 2, "b": 1}'),
        ("1e22", "1" + "0" * 22),
        ("1.0", "1.0"),
        ("1.50", "1.5"),
        ("-0.0", "0.0"),
        ("0.00001", "1e-05"),
        ('"\\u00fc"', '"\\u00fc"'),
        ('"ü"', '"\\u00fc"'),
        (None, None),
    ],
)
def test_one_way_to_write_a_value(text, expected):
    assert canonical(text) == expected


@pytest.fixture(scope="module")
def session(postgres):
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        yield connection


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES)
def test_postgresql_gives_back_the_same_value(session, value):
    text = json.dumps(value)

    there = session.execute("SELECT %s::jsonb::text", [text]).fetchone()[0]

    assert canonical(there) == canonical(text)
    # A whole number may change from 1e17 to digits.
    assert json.loads(canonical(text), parse_int=float) == json.loads(text, parse_int=float)
