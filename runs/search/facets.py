"""Conditions chosen from a form or a query string, beside the filter a person wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runs.search.compiler import Condition, Conjunct
from runs.search.identifiers import TEXT_COLUMNS, TIME_COLUMNS
from trackui.search.sql import FALSE, any_of, contains, in_values, indexed_equal, negated, number_comparison


def one_of(key: str, values: Sequence[str]) -> Conjunct:
    """`key` is a text attribute: status, user_id, run_id, run_name."""
    return Conjunct(in_values(TEXT_COLUMNS[key], values))


def value_one_of(table: str, key_id: int | None, values: Sequence[str]) -> Conjunct:
    """The value a run has for a key in runs_param or runs_runtag; without a key, none has."""
    if key_id is None:
        return Conjunct(FALSE)
    same = any_of(indexed_equal("probe.value", value) for value in values)
    probe = f"EXISTS (SELECT 1 FROM {table} probe WHERE probe.run_id = runs_run.id AND probe.key_id = %s AND "
    return Conjunct(same.wrapped(probe, ")", params=(key_id,)))


def excluding(facet: Conjunct) -> Conjunct:
    return Conjunct(negated(facet.sql))


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
