"""Filters cut at their top: what is shown as chips."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackui.search.errors import SearchSyntaxError
from trackui.search.parser import parse
from trackui.search.parts import filter_parts, with_condition, without


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("AND", []),
        ("metrics.a > 1", ["metrics.a > 1"]),
        ("metrics.a > 1 AND params.b = 'x AND y'", ["metrics.a > 1", "params.b = 'x AND y'"]),
        ("AND metrics.a > 1 and  AND params.b = 'x' AND", ["metrics.a > 1", "params.b = 'x'"]),
        ("metrics.a > 1 OR params.b = 'x'", ["metrics.a > 1 OR params.b = 'x'"]),
        ("metrics.a > 1 AND b.c OR x", ["metrics.a > 1 AND b.c OR x"]),
        ("(a OR b) AND status = 'X'", ["(a OR b)", "status = 'X'"]),
        ("status = 'X' AND ((a OR b))", ["status = 'X'", "((a OR b))"]),
        ("(a AND b) AND c", ["(a AND b)", "c"]),
        ("((metrics.a = 1 AND metrics.b = 2))", ["metrics.a = 1", "metrics.b = 2"]),
        ("(a OR b)", ["a OR b"]),
        ("NOT (a OR b) AND NOT has(params.lr)", ["NOT (a OR b)", "NOT has(params.lr)"]),
        ("run_id IN ('a', 'b') AND params.lr IS NOT NULL", ["run_id IN ('a', 'b')", "params.lr IS NOT NULL"]),
        ("resnet 50 AND status = 'X'", ["resnet 50", "status = 'X'"]),
        ("resnet AND bert", ["resnet", "bert"]),
        ("resnet 50", ["resnet 50"]),
        ("params.a = '1' params.b = '2'", ["params.a = '1'", "params.b = '2'"]),
        ("params.a = '1' (params.b = '2' OR params.c = '3')", ["params.a = '1'", "(params.b = '2' OR params.c = '3')"]),
        ("(params.a = '1') params.b = '2'", ["(params.a = '1')", "params.b = '2'"]),
    ],
)
def test_parts(text, parts):
    found = filter_parts(text)

    assert [part.text for part in found] == parts
    assert all(text[part.start : part.end] == part.text for part in found)


def test_a_filter_that_cannot_be_read_has_no_parts():
    with pytest.raises(SearchSyntaxError):
        filter_parts("metrics.a >")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", "status = 'X'"),
        ("  ", "status = 'X'"),
        ("AND", "status = 'X'"),
        ("a ", "a AND status = 'X'"),
        ("a OR b", "(a OR b) AND status = 'X'"),
    ],
)
def test_a_condition_is_added(text, whole):
    assert with_condition(text, "status = 'X'") == whole


CONDITIONS = st.sampled_from(
    ["metrics.a > 1", "params.`x y` = 'AND ('", "NOT status = 'F'", "(a OR b)", "has(end_time)", "NOT (a b)", "word"]
)


def meaning(text):
    """The tree without positions."""
    return re.sub(r"\w*(start|end)=\d+", "", repr(parse(text)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CONDITIONS, min_size=2, max_size=5))
def test_each_part_can_be_taken_out(conditions):
    parts = filter_parts(" AND ".join(conditions))

    assert [part.text for part in parts] == conditions
    for index, part in enumerate(parts):
        rest = conditions[:index] + conditions[index + 1 :]
        assert meaning(without(parts, part)) == meaning(" AND ".join(rest))
