"""Conditions on tags of models and versions, the rule about prompts among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.models import PROMPT_TAG
from registry.search.starts import few_or
from trackui.db import is_sqlite
from trackui.search.fields import TEXT_COMPARATORS, check_comparator, text_of
from trackui.search.nodes import Comparison, Identifier, Node
from trackui.search.sql import TRUE, Sql, all_of, indexed_equal, text_comparison
from trackui.search.tree import identifiers

TAG_ENTITIES = ("tag", "tags")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A table of things with tags, `table`; the table of their tags and its reference to them."""

    table: str
    tags: str
    reference: str

    def has(self, key: str, where: Sql = TRUE) -> Sql:
        """Has a tag of this key, `probe.value` of which satisfies `where`. One statement, to see where to begin."""
        tagged = where.wrapped(f"FROM {self.tags} probe WHERE probe.key = %s AND ", "", params=(key,))
        of_this = tagged.wrapped("EXISTS (SELECT 1 ", f" AND probe.{self.reference} = {self.table}.id")
        # PostgreSQL would read all tags to join them.
        probed = of_this.wrapped("", ")" if is_sqlite() else " OFFSET 0)")
        return few_or(f"{self.table}.id", tagged.wrapped(f"SELECT probe.{self.reference} ", ""), probed)

    def compared(self, node: Comparison) -> Sql:
        key, value = node.identifier.key, text_of(node.value, "tag")
        check_comparator(node, TEXT_COMPARATORS)
        if key == PROMPT_TAG:
            return self._is_prompt(node.operator, value)
        if node.operator == "=":
            return self.has(key, indexed_equal("probe.value", value))
        return self.has(key, text_comparison("probe.value", node.operator, value))

    def _is_prompt(self, operator: str, value: str) -> Sql:
        """What is no prompt counts as tagged 'false', with or without the tag: clients ask so in every search."""
        if (operator, value) in (("=", "true"), ("!=", "false")):
            return Sql(f"{self.table}.is_prompt = TRUE")
        if (operator, value) in (("=", "false"), ("!=", "true")):
            return self.is_no_prompt
        said = f"CASE WHEN {self.table}.is_prompt THEN 'true' ELSE 'false' END"
        return text_comparison(said, operator, value)

    def present(self, name: Identifier) -> Sql:
        return Sql(f"{self.table}.is_prompt = TRUE") if name.key == PROMPT_TAG else self.has(name.key)

    @property
    def is_no_prompt(self) -> Sql:
        return Sql(f"{self.table}.is_prompt = FALSE")

    def without_prompts(self, node: Node | None, found: Sql) -> Sql:
        """The rule: a search that says nothing of prompts finds none."""
        return found if _names_prompts(identifiers(node)) else all_of([self.is_no_prompt, found])


def _names_prompts(names: Iterable[Identifier]) -> bool:
    return any(name.entity in TAG_ENTITIES and name.key == PROMPT_TAG for name in names)
