"""Comparisons of an attribute that is text."""

from __future__ import annotations

from collections.abc import Callable

from trackui.search.fields import LIST_COMPARATORS, TEXT_COMPARATORS, check_comparator, list_refused, text_of, texts_of
from trackui.search.nodes import Comparison, ValueList
from trackui.search.sql import Sql, text_comparison


def text_attribute(column: str, *, takes_lists: bool = True) -> Callable[[Comparison], Sql]:
    def compiled(node: Comparison) -> Sql:
        if isinstance(node.value, ValueList):
            if not takes_lists:
                raise list_refused(node.value, ("name", "run_id"))
            value: str | list[str] = texts_of(node.value)
            check_comparator(node, LIST_COMPARATORS)
        else:
            value = text_of(node.value, "attributes")
            check_comparator(node, TEXT_COMPARATORS)
        return text_comparison(column, node.operator, value)

    return compiled
