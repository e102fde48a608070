"""Filters and orders over versions, as SQL over registry_modelversion in the query around them."""

from __future__ import annotations

from collections.abc import Sequence

from registry.search.entities import Grammar, with_ties
from registry.search.tag_search import Tagged
from registry.search.texts import text_attribute
from trackui.search.fields import NUMBER_COMPARATORS, check_comparator, stored_number, wrong_value
from trackui.search.nodes import Comparison, Text
from trackui.search.sql import PlainTerm, Sql, number_comparison

TABLE = "registry_modelversion"
NAME = f"{TABLE}.name"
NUMBER = f"{TABLE}.version"
CREATED = f"{TABLE}.creation_time"
UPDATED = f"{TABLE}.last_updated_time"
# Of a number beyond all versions; more of them would say no more.
DIGITS = 20


def version_number(node: Comparison) -> Sql:
    """An integer, which may stand in quotes: numbers of versions travel as text."""
    value = node.value
    written = value.text if isinstance(value, Text) else value.source
    if not (written.isascii() and written.removeprefix("-").isdigit()):
        raise wrong_value(value, "Invalid value for version_number: it must be an integer.", expected="a whole number")
    check_comparator(node, NUMBER_COMPARATORS)
    return number_comparison(NUMBER, node.operator, stored_number(int(written[:DIGITS])))


GRAMMAR = Grammar(
    Tagged(TABLE, "registry_modelversiontag", "model_version_id"),
    attributes={
        "name": text_attribute(TABLE, "name", index_begins=f"{TABLE}.is_prompt IN (FALSE, TRUE)"),
        "run_id": text_attribute(TABLE, "run_id"),
        "source_path": text_attribute(TABLE, "source", takes_lists=False),
        "version_number": version_number,
    },
    orders={
        "name": NAME,
        "version_number": NUMBER,
        "creation_timestamp": CREATED,
        "last_updated_timestamp": UPDATED,
    },
)

compile_version_filter = GRAMMAR.compile_filter
compile_version_search = GRAMMAR.compile_search


def compile_version_order(clauses: Sequence[str]) -> list[PlainTerm]:
    """Last changed first; ties, also of an order asked for, by name and then the highest number first."""
    ties = [PlainTerm(Sql(NAME)), PlainTerm(Sql(NUMBER), True)]
    return with_ties(GRAMMAR.compile_order(clauses) or [PlainTerm(Sql(UPDATED), True)], ties)
