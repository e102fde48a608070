"""The order_by clauses: `metrics.loss DESC`, a name and a direction each."""

from __future__ import annotations

from collections.abc import Sequence

from trackui.errors import InvalidParameterValue, shorten
from trackui.search import limits
from trackui.search.errors import SearchSyntaxError
from trackui.search.lexer import Kind, Token, identifier, quoted_form, tokens
from trackui.search.nodes import Identifier, OrderKey
from trackui.search.parser import is_storable

DIRECTIONS = {"ASC": False, "DESC": True}


def parse_order_by(clauses: Sequence[str]) -> list[OrderKey]:
    if len(clauses) > limits.ORDER_BY_COLUMNS:
        raise InvalidParameterValue(
            f"Invalid order_by clause: at most {limits.ORDER_BY_COLUMNS} columns, got {len(clauses)}."
        )
    return [order_key(clause) for clause in clauses]


def order_key(clause: str) -> OrderKey:
    if len(clause) > limits.FILTER_LENGTH:
        raise invalid_order(clause, "It is too long")
    if not is_storable(clause):
        raise invalid_order("", "It holds a NUL or half a character", end=len(clause))
    try:
        name, *rest, end = tokens(clause)
    except SearchSyntaxError as error:
        raise invalid_order(clause, "Could not be parsed", start=error.start, end=error.end) from None
    except ValueError:  # nothing but blanks: only the end
        raise invalid_order(clause, "Could not be parsed") from None
    key = name_of(name)
    if key is None or len(rest) > 1:
        wrong = rest[1] if len(rest) > 1 else name
        raise invalid_order(
            clause, "Could not be parsed", start=wrong.start, end=wrong.end, suggestion=quoted_form(wrong)
        )
    if rest and rest[0].word not in DIRECTIONS:
        raise unknown_direction(clause, rest[0])
    return OrderKey(name.start, end.end, key, bool(rest) and DIRECTIONS[rest[0].word])


def name_of(token: Token) -> Identifier | None:
    is_name = token.kind is Kind.WORD or (token.kind is Kind.TEXT and token.source.startswith('"'))
    return identifier(token) if is_name else None


def invalid_order(
    clause: str, reason: str, *, start: int = 0, end: int | None = None, suggestion: str = ""
) -> SearchSyntaxError:
    message = f"Invalid order_by clause '{shorten(clause, 100)}'. {reason}."
    if suggestion:
        message += f" Put the key in back-quotes: {suggestion[:100]}"
    return SearchSyntaxError(
        message,
        start=start,
        end=len(clause) if end is None else end,
        expected="a name, then ASC or DESC",
        suggestion=suggestion,
    )


def unknown_direction(clause: str, token: Token) -> SearchSyntaxError:
    if token.kind is not Kind.WORD:
        return invalid_order(clause, "Could not be parsed", start=token.start, end=token.end)
    return SearchSyntaxError(
        f"Invalid ordering key in order_by clause '{shorten(clause, 100)}'.",
        start=token.start,
        end=token.end,
        expected="ASC or DESC",
    )
