"""Filters and orders over experiments, as SQL over the table runs_experiment of the query around it."""

from __future__ import annotations

from collections.abc import Sequence

from runs.search.scope import key_pks
from trackui.errors import shorten
from trackui.search.errors import SearchSyntaxError, invalid_clause
from trackui.search.fields import (
    LIST_COMPARATORS,
    NUMBER_COMPARATORS,
    TEXT_COMPARATORS,
    check_comparator,
    list_refused,
    null_check_refused,
    text_of,
    texts_of,
    timestamps_of,
    unknown_attribute,
    unknown_entity,
)
from trackui.search.nodes import Comparison, Has, Identifier, Node, NullCheck, ValueList, Word
from trackui.search.order_by import parse_order_by
from trackui.search.parser import parse
from trackui.search.sql import (
    FALSE,
    TRUE,
    PlainTerm,
    Sql,
    contains,
    id_comparison,
    negated,
    text_comparison,
    text_order,
    time_comparison,
)
from trackui.search.tree import compiled, identifiers

ENTITIES = {"attribute": "attribute", "attributes": "attribute", "tag": "tag", "tags": "tag"}
NAME = "runs_experiment.name"
ID = "runs_experiment.id"
TIME_COLUMNS = {
    "creation_time": "runs_experiment.creation_time",
    "last_update_time": "runs_experiment.last_update_time",
}
ATTRIBUTES = ("name", "experiment_id", *TIME_COLUMNS)


def compile_experiment_filter(text: str) -> Sql:
    """The condition a filter means. SearchSyntaxError says what is wrong with it.

    Costs a query where it names tags.
    """
    node = parse(text)
    if node is None:
        return TRUE
    names = [name for name in identifiers(node) if entity_of(name) == "tag"]
    compiler = Compiler(text, key_pks({name.key for name in names}))
    return compiled(node, compiler.leaf)


def entity_of(name: Identifier) -> str:
    """ "attribute" or "tag"; SearchSyntaxError when the name stands for nothing."""
    entity = "attribute" if name.entity is None else ENTITIES.get(name.entity)
    if entity is None:
        raise unknown_entity(name, tuple(ENTITIES))
    if entity == "attribute" and name.key not in ATTRIBUTES:
        raise unknown_attribute(name, ATTRIBUTES)
    return entity


class Compiler:
    def __init__(self, text: str, keys: dict[str, int]) -> None:
        self.text = text
        self.keys = keys

    def leaf(self, node: Node) -> Sql:
        match node:
            case Word():
                return self.word(node)
            case Has(identifier=name):
                return self.tag(name.key) if entity_of(name) == "tag" else TRUE
            case NullCheck(identifier=name):
                if entity_of(name) != "tag":
                    raise null_check_refused(node, "tags")
                present = self.tag(name.key)
                return present if node.is_negated else negated(present)
            case Comparison():
                return self.comparison(node)
        raise TypeError(node)

    def word(self, node: Word) -> Sql:
        name = node.identifier
        if name is not None and (name.entity in ENTITIES or (name.entity is None and name.key in ATTRIBUTES)):
            raise invalid_clause(
                self.text,
                start=node.start,
                end=node.end,
                expected="a comparison such as = or < after it, or quotes around it to search names",
            )
        return contains(NAME, node.text)

    def tag(self, key: str, where: Sql = TRUE) -> Sql:
        pk = self.keys.get(key)
        if pk is None:
            return FALSE
        before = (
            "EXISTS (SELECT 1 FROM runs_experimenttag probe"
            " WHERE probe.experiment_id = runs_experiment.id AND probe.key_id = %s AND "
        )
        return where.wrapped(before, ")", params=(pk,))

    def comparison(self, node: Comparison) -> Sql:
        name = node.identifier
        if entity_of(name) == "tag":
            value = text_of(node.value, "tag")
            check_comparator(node, TEXT_COMPARATORS)
            return self.tag(name.key, text_comparison("probe.value", node.operator, value))
        if name.key in TIME_COLUMNS:
            start, span = timestamps_of(node.value, name.key)
            check_comparator(node, NUMBER_COMPARATORS)
            return time_comparison(TIME_COLUMNS[name.key], node.operator, start, span)
        if name.key == "experiment_id":
            return experiment_id(node)
        if isinstance(node.value, ValueList):
            raise list_refused(node.value, ("experiment_id",))
        value = text_of(node.value, "attributes")
        check_comparator(node, TEXT_COMPARATORS)
        return text_comparison(NAME, node.operator, value)


def experiment_id(node: Comparison) -> Sql:
    if isinstance(node.value, ValueList):
        values = texts_of(node.value)
        check_comparator(node, LIST_COMPARATORS)
    else:
        values = [text_of(node.value, "attributes")]
        check_comparator(node, ("=", "!=", *LIST_COMPARATORS))
    return id_comparison(ID, node.operator, values)


# --- Orders -----------------------------------------------------------------------------------


def compile_experiment_order(clauses: Sequence[str]) -> list[PlainTerm]:
    """Newest first; with an order asked for, ties go to the greater id."""
    terms: list[PlainTerm] = []
    seen: set[str] = set()
    for key in parse_order_by(clauses):
        name = key.identifier
        if entity_of(name) != "attribute":
            raise SearchSyntaxError(
                f"Invalid order_by entity type '{name.entity}'.", start=key.start, end=key.end, expected="an attribute"
            )
        if name.key in seen:
            raise SearchSyntaxError(
                f"`order_by` contains duplicate fields: {shorten(name, 100)}", start=key.start, end=key.end
            )
        seen.add(name.key)
        terms.append(PlainTerm(Sql(order_column(name.key)), key.is_descending))
    if not terms:
        return [PlainTerm(Sql(TIME_COLUMNS["creation_time"]), True), PlainTerm(Sql(ID))]
    return terms if "experiment_id" in seen else [*terms, PlainTerm(Sql(ID), True)]


def order_column(key: str) -> str:
    if key == "name":
        return text_order(NAME)
    return ID if key == "experiment_id" else TIME_COLUMNS[key]
