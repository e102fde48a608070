"""AND, OR and NOT of a filter as SQL; what stands between them is for the searched thing to compile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trackui.search.nodes import And, Comparison, Has, Identifier, Node, Not, NullCheck, Or
from trackui.search.sql import Sql, all_of, any_of, negated


def compiled(node: Node, leaf: Callable[[Node], Sql]) -> Sql:
    match node:
        case And(operands=operands):
            return all_of(compiled(operand, leaf) for operand in operands)
        case Or(operands=operands):
            return any_of(compiled(operand, leaf) for operand in operands)
        case Not(operand=operand):
            return negated(compiled(operand, leaf))
    return leaf(node)


def identifiers(node: Node | None) -> Iterator[Identifier]:
    """Every name in a filter, in the order written."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from identifiers(operand)
        case Not(operand=operand):
            yield from identifiers(operand)
        case Comparison(identifier=name) | NullCheck(identifier=name) | Has(identifier=name):
            yield name
