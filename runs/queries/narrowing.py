"""What is brushed on the axes of a figure, in the filter language."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import KeyKind
from runs.queries.run_columns import WORDS, Column
from runs.search.identifiers import LAST

PLAIN = re.compile(r"\w+", re.ASCII)
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Brushed:
    """A range of numbers, each end or none, or some values as they are stored."""

    column: Column
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()


def condition(brushed: Brushed) -> str:
    """`params.lr >= 0.0001 AND params.lr <= 0.01`; empty where nothing is asked or it cannot be written."""
    name = filter_name(brushed.column)
    if name is None:
        return ""
    if brushed.values:
        texts = [text for text in map(quoted, brushed.values[:MOST_VALUES]) if text]
        parts = [f"{name} = {text}" for text in texts]
        return f"({' OR '.join(parts)})" if len(parts) > 1 else "".join(parts)
    ends = ((">=", brushed.low), ("<=", brushed.high))
    return " AND ".join(f"{name} {sign} {written(end)}" for sign, end in ends if end is not None and math.isfinite(end))


def filter_name(column: Column) -> str | None:
    """None where the language has no name for it: a number of a metric whose key needs quotes."""
    if column.kind is None:
        return column.key
    word = WORDS[column.kind]
    if PLAIN.fullmatch(column.key):
        stat = f".{column.stat}" if column.kind == KeyKind.METRIC and column.stat not in ("", LAST) else ""
        return f"{word}.{column.key}{stat}"
    if column.kind == KeyKind.METRIC and column.stat != LAST:
        return None
    quote = next((quote for quote in '`"' if quote not in column.key), None)
    return quote and f"{word}.{quote}{column.key}{quote}"


def quoted(text: str) -> str | None:
    """Nothing is an escape there: a text with both quotes cannot be written."""
    quote = next((quote for quote in "'\"" if quote not in text), None)
    return quote and f"{quote}{text}{quote}"


def written(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def narrowed_filter(text: str, conditions: Sequence[str]) -> str:
    """Both: what the filter says and the conditions."""
    if text and re.search(r"\bor\b", text, re.IGNORECASE) and any(conditions):
        text = f"({text})"
    return " AND ".join(filter(None, [text, *conditions]))
