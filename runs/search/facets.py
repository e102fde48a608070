"""Conditions chosen from a form or a query string, beside the filter a person wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runs.search.compiler import Condition, Conjunct
from runs.search.identifiers import TEXT_COLUMNS, TIME_COLUMNS
from trackui.search.sql import contains, in_values, number_comparison


def one_of(key: str, values: Sequence[str]) -> Conjunct:
    """`key` is a text attribute: status, user_id, run_id, run_name."""
    return Conjunct(in_values(TEXT_COLUMNS[key], values))


def holding(key: str, text: str) -> Conjunct:
    """The text stands somewhere in the attribute, whatever its case."""
    return Conjunct(contains(TEXT_COLUMNS[key], text))


def not_before(key: str, timestamp: int) -> Conjunct:
    """`key` is a time: start_time, end_time."""
    return Conjunct(number_comparison(TIME_COLUMNS[key], ">=", timestamp))


def before(key: str, timestamp: int) -> Conjunct:
    return Conjunct(number_comparison(TIME_COLUMNS[key], "<", timestamp))


def narrowed(condition: Condition, facets: Iterable[Conjunct]) -> Condition:
    """The condition and all facets at once."""
    return replace(condition, conjuncts=(*condition.conjuncts, *facets))
