"""A value of a table as CSV and JSON write it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from trackui.exports.tables import Column, Kind


def iso_time(milliseconds: int | None) -> str:
    """`2026-01-16T09:41:07.000+00:00`; empty for what is no date."""
    if milliseconds is None:
        return ""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return ""


def plain(value: Any) -> Any:
    """NaN and infinities as words, which JSON has no numbers for."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def written(value: Any, column: Column) -> Any:
    """As CSV and JSON have it: None, a text, a number or a flag."""
    if value is None:
        return None
    if column.kind is Kind.TIME:
        return iso_time(value) or None
    return plain(value)
