"""Comparisons of attributes that are texts."""

from __future__ import annotations

from collections.abc import Callable

from registry.search.starts import few_or
from trackui.search.fields import LIST_COMPARATORS, TEXT_COMPARATORS, check_comparator, list_refused, text_of, texts_of
from trackui.search.nodes import Comparison, ValueList
from trackui.search.sql import Sql, text_comparison


def text_attribute(
    table: str, column: str, *, takes_lists: bool = True, index_begins: str = ""
) -> Callable[[Comparison], Sql]:
    """A search may begin at the rows with these texts (a statement more), but not at those without one.

    `index_begins`: a condition that always holds, for the columns before this one in its index.
    """
    always = f"{index_begins} AND " if index_begins else ""

    def compiled(node: Comparison) -> Sql:
        if isinstance(node.value, ValueList):
            if not takes_lists:
                raise list_refused(node.value, ("name", "run_id"))
            value: str | list[str] = texts_of(node.value)
            check_comparator(node, LIST_COMPARATORS)
        else:
            value = text_of(node.value, "attributes")
            check_comparator(node, TEXT_COMPARATORS)
        found = text_comparison(f"{table}.{column}", node.operator, value)
        if node.operator in ("!=", "NOT IN"):
            return found
        return few_or(f"{table}.id", found.wrapped(f"SELECT {table}.id FROM {table} WHERE {always}", ""), found)

    return compiled
