"""JSON columns: text on SQLite, and on PostgreSQL a form that keeps neither spaces nor the order of keys."""

import json
from decimal import Decimal

from trackui.database_transfer.tables import Kind, Table


def alike(table: Table, rows: list[tuple]) -> list[tuple]:
    """Rows as read, their JSON written one way, so that equal values are equal texts."""
    places = [place for place, column in enumerate(table.columns) if column.kind is Kind.JSON]
    if not places:
        return rows
    return [_with_texts(row, {place: canonical(row[place]) for place in places}) for row in rows]


def _with_texts(row: tuple, texts: dict[int, str | None]) -> tuple:
    return tuple(texts.get(place, value) for place, value in enumerate(row))


def canonical(text: str | None) -> str | None:
    """Keys sorted, numbers as Python writes them; whole ones that were written with an exponent become integers."""
    if text is None:
        return None
    return json.dumps(json.loads(text, parse_int=_number, parse_float=_number), sort_keys=True)


def _number(text: str) -> int | float:
    """PostgreSQL keeps decimal digits, and writes no exponents: 1e22 comes back as a 1 with 22 zeros."""
    exact = Decimal(text)
    # Adding zero takes the sign from a zero, as PostgreSQL does.
    return int(exact) if exact.as_tuple().exponent >= 0 else float(exact) + 0.0
