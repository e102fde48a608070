"""What several runs have, laid out by key."""

from __future__ import annotations

from collections.abc import Iterable


def table_of(rows: Iterable[tuple[int, str, object]]) -> dict[str, dict[int, object]]:
    """(run, key, value) -> key -> run -> value."""
    table: dict[str, dict[int, object]] = {}
    for run, key, value in rows:
        table.setdefault(key, {})[run] = value
    return table
