"""The runs of a group in the filter language, so that the run table can show them."""

from __future__ import annotations

from collections.abc import Iterable

from runs.models import KeyKind
from runs.queries.group_codes import FieldValues, Value, is_inexact
from runs.queries.run_columns import WORDS


def group_filter(written: str, values: Iterable[tuple[FieldValues, Value | None]]) -> str | None:
    """The filter in force with what tells the group from others; None where the language cannot say it."""
    parts = [f"({written})"] if written else []
    for field, value in values:
        part = _condition(field, value)
        if part is None:
            return None
        parts.append(part)
    return " AND ".join(parts)


def _condition(field: FieldValues, value: Value | None) -> str | None:
    key = field.key
    if key.kind is None:
        return _equal(key.column, value) if key.column != "experiment_id" else None
    name = key.field.partition(".")[2]
    if "`" in name:
        return None
    quoted = f"{WORDS[key.kind]}.`{name}`"
    if value is None:
        return f"{quoted} IS NULL"
    if key.kind == KeyKind.PARAM and value.number is not None and not is_inexact(value.number):
        return f"{quoted} = {value.number!r}"
    return _equal(quoted, value)


def _equal(name: str, value: Value | None) -> str | None:
    """Nothing is an escape in a text: one with both quotes, or a back-slash before its end, cannot be written."""
    if value is None or value.is_cut or value.text is None or "\\" in value.text:
        return None
    quote = "'" if "'" not in value.text else '"'
    return f"{name} = {quote}{value.text}{quote}" if quote not in value.text else None
