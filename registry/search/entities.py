"""What filters and orders over models and over versions have in common: names, leaves, orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from registry.search.starts import FewRows, Search
from registry.search.tag_search import TAG_ENTITIES, Tagged
from trackui.errors import shorten
from trackui.search.errors import SearchSyntaxError, invalid_clause
from trackui.search.fields import null_check_refused, unknown_attribute, unknown_entity
from trackui.search.nodes import And, Comparison, Has, Identifier, Node, NullCheck, Word
from trackui.search.order_by import parse_order_by
from trackui.search.parser import parse
from trackui.search.sql import TRUE, PlainTerm, Sql, all_of, contains, negated
from trackui.search.tree import compiled

ATTRIBUTE = "attribute"
ENTITIES = (ATTRIBUTE, *TAG_ENTITIES)


@dataclass(frozen=True, slots=True)
class Grammar:
    """`attributes`: how a comparison of each is compiled. `orders`: the columns that each name sorts by."""

    tagged: Tagged
    attributes: Mapping[str, Callable[[Comparison], Sql]]
    orders: Mapping[str, str]

    def compile_filter(self, text: str) -> Sql:
        """The condition a filter means. SearchSyntaxError says what is wrong with it. At most a statement for each
        comparison.
        """
        return all_of(self._conditions(text, parse(text)))

    def compile_search(self, text: str) -> Search:
        """The same as the protocol means it: without prompts, unless it asks for them."""
        node = parse(text)
        conditions = self._conditions(text, node)
        is_few = any(isinstance(condition, FewRows) for condition in conditions)
        return Search(self.tagged.table, self.tagged.without_prompts(node, all_of(conditions)), is_few)

    def _conditions(self, text: str, node: Node | None) -> list[Sql]:
        """All of which must hold."""
        nodes = node.operands if isinstance(node, And) else [] if node is None else [node]
        return [compiled(part, lambda leaf: self._leaf(text, leaf)) for part in nodes]

    def _leaf(self, text: str, node: Node) -> Sql:
        match node:
            case Word():
                return self._word(text, node)
            case Has(identifier=name):
                return self.tagged.present(name) if self._is_tag(name) else TRUE
            case NullCheck(identifier=name, is_negated=is_present):
                if not self._is_tag(name):
                    raise null_check_refused(node, "tags")
                found = self.tagged.present(name)
                return found if is_present else negated(found)
            case Comparison(identifier=name):
                return self.tagged.compared(node) if self._is_tag(name) else self.attributes[name.key](node)
        raise TypeError(node)

    def _word(self, text: str, node: Word) -> Sql:
        name = node.identifier
        if name is not None and (name.entity in ENTITIES or (name.entity is None and name.key in self.attributes)):
            raise invalid_clause(
                text,
                start=node.start,
                end=node.end,
                expected="a comparison such as = or LIKE after it, or quotes around it to search names",
            )
        return contains(f"{self.tagged.table}.name", node.text)

    def _is_tag(self, name: Identifier) -> bool:
        """Whether it names a tag, else it is an attribute; SearchSyntaxError when it stands for nothing."""
        if name.entity in TAG_ENTITIES:
            return True
        if name.entity not in (None, ATTRIBUTE):
            raise unknown_entity(name, ENTITIES)
        if name.key not in self.attributes:
            raise unknown_attribute(name, tuple(self.attributes))
        return False

    def compile_order(self, clauses: Sequence[str]) -> list[PlainTerm]:
        """The terms asked for, without those for ties."""
        terms: dict[str, PlainTerm] = {}
        for key in parse_order_by(clauses):
            name = key.identifier
            if name.entity not in (None, ATTRIBUTE):
                raise SearchSyntaxError(
                    f"Invalid order_by entity type '{shorten(name.entity, 100)}'.",
                    start=key.start,
                    end=key.end,
                    expected="an attribute",
                )
            if name.key not in self.orders:
                raise unknown_attribute(name, tuple(self.orders), kind="order_by")
            column = self.orders[name.key]
            if column in terms:
                raise SearchSyntaxError(
                    f"`order_by` contains duplicate fields: {shorten(name, 100)}", start=key.start, end=key.end
                )
            terms[column] = PlainTerm(Sql(column), key.is_descending)
        return list(terms.values())


def with_ties(terms: Sequence[PlainTerm], ties: Sequence[PlainTerm]) -> list[PlainTerm]:
    """The terms, and then those of `ties` that say more."""
    named = {term.sql for term in terms}
    return [*terms, *(term for term in ties if term.sql not in named)]
