"""What some runs have of some keys, looked up one by one in the primary key."""

from __future__ import annotations

from collections.abc import Sequence

from trackui.db import fetch_all, placeholders


def stored_rows(
    table: str, selected: str, pks: Sequence[int], keys: Sequence[int], *, grouped: str = ""
) -> list[tuple]:
    """Rows of a table whose primary key is (run_id, key_id). One statement, none where nothing is asked for.

    Two lists after IN let SQLite read all rows of each run, of which there may be thousands.
    """
    if not pks or not keys:
        return []
    return fetch_all(
        f"WITH runs(id) AS (VALUES {placeholders(len(pks), 1)}), keys(id) AS (VALUES {placeholders(len(keys), 1)})"
        f" SELECT {selected} FROM runs CROSS JOIN keys CROSS JOIN {table}"
        f" WHERE run_id = runs.id AND key_id = keys.id{f' GROUP BY {grouped}' if grouped else ''}",
        [*pks, *keys],
    )
