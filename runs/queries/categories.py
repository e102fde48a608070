"""The values of a column as categories, in an order people expect."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from runs.queries.value_columns import ValueColumn
from trackui.formats import full_number, moment

MOST_CATEGORIES = 40
NOT_SET = "not set"
REST = "{} other values"
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Categories:
    """`at`: the position in `names` of each run's own; −1 for a run without one. The first `values` are values."""

    names: tuple[str, ...]
    at: np.ndarray
    values: int


def categories(column: ValueColumn, *, with_unset: bool = False, most: int = MOST_CATEGORIES) -> Categories:
    """Numbers rise and stand before texts. Beyond so many the rarest share the last one; `with_unset`: runs without
    a value have one too.
    """
    texts = texts_of(column)
    at = np.full(len(texts), -1)
    is_set = column.is_set
    names: list[str] = []
    known = 0
    if is_set.any():
        values, which, counts = np.unique(texts[is_set].astype(str), return_inverse=True, return_counts=True)
        kept = sorted(range(len(values)), key=lambda one: (-counts[one], values[one]))
        if len(values) > most:
            kept = kept[: most - 1]
        kept.sort(key=lambda one: natural(str(values[one])))
        places = np.full(len(values), len(kept))
        places[kept] = np.arange(len(kept))
        at[is_set] = places[which]
        names, known = [str(values[one]) for one in kept], len(kept)
        if len(values) > len(kept):
            names.append(REST.format(f"{len(values) - len(kept):,}"))
    if with_unset and not is_set.all():
        at[~is_set] = len(names)
        names.append(NOT_SET)
    return Categories(tuple(names), at, known)


def texts_of(column: ValueColumn) -> np.ndarray:
    """As stored; numbers of metrics with all their digits, times by their day in UTC."""
    if column.texts is not None:
        return column.texts
    write = day if column.is_time else full_number
    return np.array([write(value) for value in column.numbers.tolist()], dtype=object)


def day(milliseconds: float) -> str:
    at = moment(int(milliseconds)) if milliseconds == milliseconds else None
    return f"{at:%Y-%m-%d}" if at else ""


def natural(text: str) -> tuple:
    """Sorts numbers by size before texts, and `block2` before `block10`."""
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is not None and number == number:
        return (0, number, ())
    parts = DIGITS.split(text.lower())
    return (
        1,
        0.0,
        tuple((0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts),
    )
