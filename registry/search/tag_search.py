"""Conditions on tags of models and versions, the rule about prompts among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.models import PROMPT_TAG
from trackui.db import fetch_all, is_sqlite
from trackui.search.fields import TEXT_COMPARATORS, check_comparator, text_of
from trackui.search.nodes import Comparison, Identifier, Node
from trackui.search.sql import TRUE, Sql, all_of, indexed_equal, negated, text_comparison
from trackui.search.tree import identifiers

TAG_ENTITIES = ("tag", "tags")
# A search begins at the tags where there are at most so many; with more, a page is soon full in its own order.
FEW = 2000


@dataclass(frozen=True, slots=True)
class Tagged:
    """A table of things with tags, `table`; the table of their tags and its reference to them."""

    table: str
    tags: str
    reference: str

    def has(self, key: str, where: Sql = TRUE, *, counted: Sql = TRUE) -> Sql:
        """Has a tag of this key, `probe.value` of which satisfies `where`.

        Costs a statement, to see where to begin: it counts those of the key that are `counted`, by an index.
        """
        if self._are_few(key, counted):
            source = f"SELECT probe.{self.reference} FROM {self.tags} probe WHERE probe.key = %s AND "
            return where.wrapped(f"{self.table}.id IN ({source}", ")", params=(key,))
        before = (
            f"EXISTS (SELECT 1 FROM {self.tags} probe"
            f" WHERE probe.{self.reference} = {self.table}.id AND probe.key = %s AND "
        )
        # PostgreSQL would read all tags to join them.
        return where.wrapped(before, ")" if is_sqlite() else " OFFSET 0)", params=(key,))

    def _are_few(self, key: str, counted: Sql) -> bool:
        found = f"SELECT 1 FROM {self.tags} probe WHERE probe.key = %s AND {counted.text} LIMIT {FEW + 1}"
        return fetch_all(f"SELECT COUNT(*) FROM ({found}) found", (key, *counted.params))[0][0] <= FEW

    def compared(self, node: Comparison) -> Sql:
        key, value = node.identifier.key, text_of(node.value, "tag")
        check_comparator(node, TEXT_COMPARATORS)
        if key == PROMPT_TAG:
            return self._is_prompt(node.operator, value)
        if node.operator == "=":
            equal = indexed_equal("probe.value", value)
            return self.has(key, equal, counted=equal)
        return self.has(key, text_comparison("probe.value", node.operator, value))

    def _is_prompt(self, operator: str, value: str) -> Sql:
        """What is no prompt counts as tagged 'false', with or without the tag: clients ask so in every search."""
        if (operator, value) in (("=", "true"), ("!=", "false")):
            return Sql(f"{self.table}.is_prompt = TRUE")
        if (operator, value) in (("=", "false"), ("!=", "true")):
            return self.is_no_prompt
        said = f"CASE WHEN {self.table}.is_prompt THEN 'true' ELSE 'false' END"
        return text_comparison(said, operator, value)

    def present(self, name: Identifier, *, is_negated: bool = False) -> Sql:
        found = Sql(f"{self.table}.is_prompt = TRUE") if name.key == PROMPT_TAG else self.has(name.key)
        return negated(found) if is_negated else found

    @property
    def is_no_prompt(self) -> Sql:
        return Sql(f"{self.table}.is_prompt = FALSE")

    def without_prompts(self, node: Node | None, found: Sql) -> Sql:
        """The rule: a search that says nothing of prompts finds none."""
        return found if _names_prompts(identifiers(node)) else all_of([self.is_no_prompt, found])


def _names_prompts(names: Iterable[Identifier]) -> bool:
    return any(name.entity in TAG_ENTITIES and name.key == PROMPT_TAG for name in names)
