"""Filters and orders over registered models, as SQL over registry_registeredmodel in the query around them."""

from __future__ import annotations

from collections.abc import Sequence

from registry.search.entities import Grammar, with_ties
from registry.search.tag_search import Tagged
from registry.search.texts import text_attribute
from trackui.search.sql import PlainTerm, Sql

TABLE = "registry_registeredmodel"
NAME = f"{TABLE}.name"
UPDATED = f"{TABLE}.last_updated_time"

GRAMMAR = Grammar(
    Tagged(TABLE, "registry_registeredmodeltag", "registered_model_id"),
    attributes={"name": text_attribute(TABLE, "name")},
    orders={"name": NAME, "timestamp": UPDATED, "last_updated_timestamp": UPDATED},
)

compile_model_filter = GRAMMAR.compile_filter
compile_model_search = GRAMMAR.compile_search


def compile_model_order(clauses: Sequence[str]) -> list[PlainTerm]:
    """By name, and ties too."""
    return with_ties(GRAMMAR.compile_order(clauses), [PlainTerm(Sql(NAME))])
