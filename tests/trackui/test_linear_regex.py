"""Expressions from a search box: found as Python finds them, never slow, and refused with a reason."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackui.linear_regex import LONGEST, PatternError, compile_pattern

PARTS = st.recursive(
    st.sampled_from(["a", "b", "/", ".", "[ab]", "[^a]", "\\d", "\\W", "^", "$", "\\."]),
    lambda parts: (
        st.tuples(parts, parts).map("".join)
        | st.tuples(parts, parts).map("(?:{0[0]}|{0[1]})".format)
        | st.tuples(parts, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"])).map("({0[0]}){0[1]}".format)
    ),
    max_leaves=8,
)


@given(pattern=PARTS, texts=st.lists(st.text("ab/1.", max_size=8), min_size=1))
def test_finds_what_python_finds(pattern, texts):
    compiled = compile_pattern(pattern)

    for text in texts:
        # Python's $ also stands before a line break at the end; there is none here.
        assert bool(compiled.search(text)) == bool(re.search(pattern, text)), (pattern, text)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*)*(.*)*x", "(a{0,9}){0,9}b", "a*a*a*a*a*a*b"])
def test_no_pattern_is_slow(pattern):
    compiled = compile_pattern(pattern)
    began = time.process_time()

    compiled.search("a" * 20_000 + "!")

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "missing )"),
        ("a)", "unexpected )"),
        ("[a", "missing ]"),
        ("*a", "no argument for repetition"),
        ("a{3,1}", "invalid repetition size: {3,1}"),
        ("(a{999}){999}", "invalid repetition size"),
        ("(?=a)", "(?="),
        ("(a)\\1", "invalid escape sequence: \\1"),
        ("\\", "trailing \\"),
        ("[z-a]", "invalid character class range: z-a"),
        ("a" * (LONGEST + 1), "at most 500 characters"),
    ],
)
def test_what_is_no_pattern_is_said(pattern, said):
    with pytest.raises(PatternError, match=re.escape(said)):
        compile_pattern(pattern)
