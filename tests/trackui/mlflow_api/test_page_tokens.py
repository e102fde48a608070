import base64

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token

POSITIONS = st.integers(0, 2**53) | st.lists(
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    max_size=4,
)
QUERIES = st.lists(st.text(max_size=10) | st.lists(st.text(max_size=5), max_size=3), max_size=3)


@given(POSITIONS, QUERIES)
def test_a_token_carries_its_position(position, query):
    token = make_page_token(position, *query)

    assert token.isascii() and not set(token) & set(" \"'&#?%+")
    assert read_page_token(token, *query) == position


@given(POSITIONS, QUERIES, QUERIES)
def test_a_token_is_good_for_its_search_alone(position, query, other):
    token = make_page_token(position, *query)

    if query != other:
        with pytest.raises(InvalidParameterValue, match="Invalid page token"):
            read_page_token(token, *other)


@given(st.integers(0, 200), st.characters(codec="utf-8"))
def test_a_changed_token_is_refused(place, character):
    token = make_page_token([5, "run"], "a > 1")
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]

    if changed != token:
        with pytest.raises(InvalidParameterValue, match="Invalid page token"):
            read_page_token(changed, "a > 1")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        ":",
        "a:b:c",
        "é" * 50,
        base64.b64encode(b'{"offset": 5}').decode(),
        "x" * 100_000,
        "gAN9cQAu",
        "\n",
    ],
)
def test_a_token_made_elsewhere_is_refused(token):
    with pytest.raises(InvalidParameterValue, match="Invalid page token"):
        read_page_token(token)


def test_a_token_of_another_installation_is_refused():
    with override_settings(SECRET_KEY="another"):
        token = make_page_token(5)

    with pytest.raises(InvalidParameterValue):
        read_page_token(token)
