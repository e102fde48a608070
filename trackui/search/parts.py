"""A filter as the conditions that all have to hold: what a page shows as chips, takes away and adds to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trackui.search.lexer import Kind, Token, tokens
from trackui.search.nodes import And, Node, Or, Word
from trackui.search.parser import parse


@dataclass(frozen=True, slots=True)
class Part:
    """`text` is what stands from `start` to `end` of the filter, its parentheses included."""

    start: int
    end: int
    text: str


def filter_parts(text: str) -> list[Part]:
    """What AND joins at the top: alternatives stay one part, and so do words side by side. In linear time.

    SearchSyntaxError where the filter cannot be read.
    """
    node = parse(text)
    if node is None:
        return []
    found = [token for token in tokens(text) if token.kind is not Kind.END]
    while is_wrapped(found):
        found = found[1:-1]
    operands = node.operands if isinstance(node, And) else (node,)
    spans = spans_of(found, operands)
    return [Part(span[0].start, span[-1].end, text[span[0].start : span[-1].end]) for span in spans]


def without(parts: Sequence[Part], removed: Part) -> str:
    """The filter without one of its parts."""
    return " AND ".join(part.text for part in parts if part is not removed)


def with_condition(text: str, condition: str) -> str:
    """The filter and one more condition. SearchSyntaxError where the filter cannot be read."""
    node = parse(text.strip())
    if node is None:
        return condition
    return f"({text.strip()}) AND {condition}" if isinstance(node, Or) else f"{text.strip()} AND {condition}"


def is_wrapped(found: Sequence[Token]) -> bool:
    """Whether the first parenthesis is closed by the last token."""
    if not found or found[0].kind is not Kind.OPEN:
        return False
    depth = 0
    for token in found:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0:
            return token is found[-1]
    return False


def spans_of(found: Sequence[Token], operands: Sequence[Node]) -> Iterator[list[Token]]:
    """The tokens of each operand. Parentheses belong to what they stand around; words side by side are one."""
    coming = list(operands[1:])
    before = operands[0]
    span: list[Token] = []
    gap: list[Token] = []  # since the operand ended: closing, AND, opening
    for token in found:
        if coming and token.start >= coming[0].start:
            is_joined = any(between.word == "AND" for between in gap)
            if is_joined or not (isinstance(before, Word) and isinstance(coming[0], Word)):
                yield [*span, *(between for between in gap if between.kind is Kind.CLOSE)]
                span, gap = [between for between in gap if between.kind is Kind.OPEN], []
            before = coming.pop(0)
        if token.start >= before.end:
            gap.append(token)
        elif token.word != "AND" or span:
            span.append(token)
    yield [*span, *(between for between in gap if between.kind is Kind.CLOSE)]
