"""Two tables joined on a key column: rows that came, went and changed, and in which cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

MOST_ROWS = 20_000
MOST_COLUMNS = 200
SHOWN_ROWS = 500
LONGEST_CELL = 300
# What people call the column that tells rows apart; a nameless first one is an index that was written along.
KEY_NAMES = ("id", "key", "index", "name", "")
ROW_NUMBER = "row number"


@dataclass(frozen=True, slots=True)
class FileTable:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class CellDiff:
    """`before` or `after` is None where its table has no such row or column."""

    before: str | None
    after: str | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class RowDiff:
    """`kind`: changed, added, removed or same."""

    key: str
    kind: str
    cells: tuple[CellDiff, ...]


@dataclass(frozen=True, slots=True)
class TableDiff:
    """`key` is the column joined on, or ROW_NUMBER; `keys` those it can be; `columns` are the others. `rows`:
    those that differ first."""

    key: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    rows: tuple[RowDiff, ...]
    changed: int
    added: int
    removed: int
    same: int
    hidden: int
    is_cut: bool

    @property
    def is_same(self) -> bool:
        return not (self.changed or self.added or self.removed or self.only_before or self.only_after)


def read_table(text: str, separator: str = ",", *, is_cut: bool = False) -> FileTable | None:
    """None for what is no table. The last line of a text that is cut is left out."""
    if is_cut:
        text = text.rpartition("\n")[0]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) > MOST_ROWS:
                is_cut = True
                break
    except csv.Error:
        return None
    return file_table(rows[0], rows[1:], is_cut=is_cut) if rows else None


def file_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, is_cut: bool = False) -> FileTable:
    """Rows as wide as there are columns, at most 20,000 by 200."""
    width = min(len(columns), MOST_COLUMNS)
    padded = tuple((*row, *[""] * (width - len(row)))[:width] for row in rows[:MOST_ROWS])
    return FileTable(named_apart(columns[:width]), padded, is_cut or len(rows) > MOST_ROWS or len(columns) > width)


def named_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Two columns of one name: the second is `name (2)`."""
    found: list[str] = []
    for name in names:
        number, unique = 2, name
        while unique in found:
            unique, number = f"{name} ({number})", number + 1
        found.append(unique)
    return tuple(found)


def table_diff(before: FileTable, after: FileTable, key: str | None = None) -> TableDiff:
    """Joined on `key` where both have it with no value twice, else on what seems to be one, else row by row."""
    keys = joinable(before, after)
    chosen = key if key in keys else None if key == ROW_NUMBER else guessed(keys)
    left, right = keyed(before, chosen), keyed(after, chosen)
    columns = tuple(name for name in dict.fromkeys([*before.columns, *after.columns]) if name != chosen)
    compared = [row_diff(name, left.get(name), right.get(name), columns) for name in dict.fromkeys([*left, *right])]
    counts = {kind: sum(row.kind == kind for row in compared) for kind in ("changed", "added", "removed", "same")}
    shown = sorted(compared, key=lambda row: row.kind == "same")[:SHOWN_ROWS]
    return TableDiff(
        key=ROW_NUMBER if chosen is None else chosen,
        keys=keys,
        columns=columns,
        only_before=tuple(name for name in before.columns if name not in after.columns),
        only_after=tuple(name for name in after.columns if name not in before.columns),
        rows=tuple(shown),
        hidden=len(compared) - len(shown),
        is_cut=before.is_cut or after.is_cut,
        **counts,
    )


def joinable(before: FileTable, after: FileTable) -> tuple[str, ...]:
    """Columns of both in which no value stands twice, and some value stands in both."""
    found = []
    for name in before.columns:
        if name in after.columns:
            left, right = column(before, name), column(after, name)
            if len(set(left)) == len(left) and len(set(right)) == len(right) and set(left) & set(right):
                found.append(name)
    return tuple(found)


def guessed(keys: Sequence[str]) -> str | None:
    """By its name, else the first."""
    named = [name for word in KEY_NAMES for name in keys if name.casefold() == word]
    named += [name for name in keys if name.casefold().endswith(("_id", "id"))]
    return next(iter([*named, *keys]), None)


def column(table: FileTable, name: str) -> list[str]:
    at = table.columns.index(name)
    return [row[at] for row in table.rows]


def keyed(table: FileTable, key: str | None) -> dict[str, dict[str, str]]:
    names = column(table, key) if key is not None else [str(number) for number in range(1, len(table.rows) + 1)]
    return {name: dict(zip(table.columns, row, strict=True)) for name, row in zip(names, table.rows, strict=True)}


def row_diff(key: str, left: dict[str, str] | None, right: dict[str, str] | None, columns: Sequence[str]) -> RowDiff:
    cells = []
    for name in columns:
        before, after = left and left.get(name), right and right.get(name)
        is_changed = before is not None and after is not None and not same_value(before, after)
        cells.append(CellDiff(before, after, is_changed))
    if left is None or right is None:
        kind = "added" if left is None else "removed"
    else:
        kind = "changed" if any(cell.is_changed for cell in cells) else "same"
    return RowDiff(key, kind, tuple(cells))


def same_value(one: str, other: str) -> bool:
    """`0.10` and `0.1` are written differently but are the same number."""
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False
