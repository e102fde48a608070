"""Readers of the environment: what they take, and that a bad value names its variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from trackui import env


def test_a_pattern_matches_from_end_to_end_and_none_is_none(monkeypatch):
    assert env.pattern("TRACKUI_MODEL_SOURCES") is None

    monkeypatch.setenv("TRACKUI_MODEL_SOURCES", "runs:/.*")

    assert env.pattern("TRACKUI_MODEL_SOURCES").fullmatch("runs:/a/b")
    assert not env.pattern("TRACKUI_MODEL_SOURCES").fullmatch("xruns:/a/b")


@pytest.mark.parametrize("value", ["(", "[a", "(?=a)", "x" * 501])
def test_a_pattern_that_is_none_names_its_variable(monkeypatch, value):
    monkeypatch.setenv("TRACKUI_MODEL_SOURCES", value)

    with pytest.raises(ImproperlyConfigured, match="TRACKUI_MODEL_SOURCES must be a regular expression"):
        env.pattern("TRACKUI_MODEL_SOURCES")
