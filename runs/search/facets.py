"""Conditions chosen from a form or a query string, beside the filter a person wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from runs.search.compiler import INDEXED, TEXT_INDEXED, Condition, Conjunct, dataset_probe, of_run, probe
from runs.search.identifiers import TEXT_COLUMNS, TIME_COLUMNS
from runs.search.ordering import TEXT_INDEXES
from trackui.search.sql import any_of, contains, in_values, indexed_equal, negated, number_comparison


def one_of(key: str, values: Sequence[str]) -> Conjunct:
    """`key` is a text attribute: status, user_id, run_id, run_name."""
    return of_run(in_values(TEXT_COLUMNS[key], values), index=INDEXED.get(key) if key not in TEXT_INDEXED else None)


def value_one_of(table: str, key_id: int | None, values: Sequence[str]) -> Conjunct:
    """The value a run has for a key in runs_param or runs_runtag; without a key, none has."""
    same = any_of(indexed_equal("probe.value", value) for value in values)
    return probe(table, key_id, same, indexed=same, index=TEXT_INDEXES[table])


def dataset_one_of(names: Sequence[str]) -> Conjunct:
    """Runs that read a dataset of one of these names."""
    return dataset_probe("name", in_values("dataset.name", names))


def excluding(facet: Conjunct) -> Conjunct:
    return Conjunct(negated(facet.sql))


def holding(key: str, text: str) -> Conjunct:
    """The text stands somewhere in the attribute, whatever its case."""
    return of_run(contains(TEXT_COLUMNS[key], text))


def not_before(key: str, timestamp: int) -> Conjunct:
    """`key` is a time: start_time, end_time."""
    return of_run(number_comparison(TIME_COLUMNS[key], ">=", timestamp), index=INDEXED[key])


def before(key: str, timestamp: int) -> Conjunct:
    return of_run(number_comparison(TIME_COLUMNS[key], "<", timestamp), index=INDEXED[key])


def narrowed(condition: Condition, facets: Iterable[Conjunct]) -> Condition:
    """The condition and all facets at once."""
    return replace(condition, conjuncts=(*condition.conjuncts, *facets))
