"""Tokens that are values, read: numbers, moments, quantities of time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from trackui.search.lexer import Kind, Token
from trackui.search.nodes import Bare, Moment, Number, Quantity, Text, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}

QUANTITY = re.compile(r"-?(?:\d+(?:\.\d+)?(?:ms|min|s|m|h|d|w)){1,6}", re.ASCII)
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|min|s|m|h|d|w)", re.ASCII)
# Longer than this is no time anyone meant; a double still holds each millisecond of it.
LONGEST_QUANTITY = 40


def value(token: Token) -> Value | None:
    """The value a token stands for; None where the token is none."""
    match token.kind:
        case Kind.TEXT:
            return Text(token.start, token.end, token.source, token.text, token.source[0])
        case Kind.NUMBER:
            return Number(token.start, token.end, token.source, number(token.source))
        case Kind.MOMENT:
            return moment(token)
        case Kind.ODD:
            return quantity(token) or bare(token)
        case Kind.WORD:
            return bare(token)
    return None


def number(source: str) -> int | float:
    """An integer as such, where it has no more digits than a 64-bit one: those compare exactly."""
    if len(source) < 20 and source.lstrip("-").isdigit():
        return int(source)
    return float(source)


def moment(token: Token) -> Value:
    try:
        when = datetime.fromisoformat(token.source)
    except ValueError:
        return bare(token)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return Moment(token.start, token.end, token.source, (when - EPOCH) // timedelta(milliseconds=1), span(token.source))


def span(source: str) -> int:
    """How long a moment lasts: a day, a minute, a second, or a millisecond."""
    if len(source) == len("2026-01-16"):
        return DAY
    time = source[len("2026-01-16T") :]
    return 1 if "." in time else SECOND if re.match(r"\d\d:\d\d:", time) else MINUTE


def quantity(token: Token) -> Quantity | None:
    source = token.source
    if len(source) > LONGEST_QUANTITY or not QUANTITY.fullmatch(source):
        return None
    total = sum(float(amount) * UNITS[unit] for amount, unit in PART.findall(source))
    return Quantity(token.start, token.end, source, -total if source.startswith("-") else total)


def bare(token: Token) -> Bare:
    return Bare(token.start, token.end, token.source)
