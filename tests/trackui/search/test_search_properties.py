"""Whatever is written, there is a tree or a SearchSyntaxError, in time that grows with the length alone."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackui.search.errors import SearchSyntaxError
from trackui.search.lexer import Kind, tokens
from trackui.search.order_by import parse_order_by
from trackui.search.parser import parse

PIECES = [
    *("metrics.a", "params.`a b`", "tags.", "status", "has", "run_id", "word-1", "."),
    *("AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "DESC"),
    *("=", "!=", ">=", "==", "(", ")", ",", ";", "--", "*"),
    *("'x'", '"y"', "`z`", "'", '"', "`", "\\'", "''", "1", "-1.5e3", "2026-01-16", "-7d", "10:30", "1and"),
    *(" ", "\n", "\x00", "é", "😀"),
]
filters = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
glued = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def refusal(read, text):
    """What is said against the text; None where it is taken. Anything else than a SearchSyntaxError fails."""
    try:
        read(text)
    except SearchSyntaxError as error:
        return error
    return None


@given(st.one_of(filters, glued))
def test_a_filter_is_read_or_refused_with_a_place(text):
    error = refusal(parse, text)

    assert error is None or 0 <= error.start <= error.end <= len(text)


@given(st.one_of(filters, glued))
def test_an_order_is_read_or_refused_with_a_place(text):
    error = refusal(lambda clause: parse_order_by([clause]), text)

    assert error is None or 0 <= error.start <= error.end <= len(text)


@given(st.one_of(filters, glued))
def test_tokens_follow_each_other_and_lose_nothing_but_blanks(text):
    try:
        found = tokens(text)
    except SearchSyntaxError:
        return

    assert found[-1].kind is Kind.END
    position = 0
    for token in found:
        assert text[position : token.start].strip() == ""
        assert text[token.start : token.end] == token.source
        position = token.end


@pytest.mark.parametrize("piece", [*PIECES, "''\\'", "a.", "`a`.", "1e", "- ", "(", "NOT ", "a OR ", "'' ", '"".'])
def test_work_grows_with_the_length_alone(piece):
    pieces = 4_000 // len(piece)
    short, long = piece * pieces, piece * 2 * pieces

    # Calls are counted, not seconds: a quadratic step would make four times as many.
    assert calls_to_refuse(long) <= 2.5 * calls_to_refuse(short) + 100


def calls_to_refuse(text):
    """How many functions, of Python or C, are called to parse the text or to refuse it."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        refusal(parse, text)
    finally:
        sys.setprofile(None)
    return count
