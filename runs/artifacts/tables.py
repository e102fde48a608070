"""Tables in files of text: CSV, TSV, and JSON as clients log it. Cells are text, unescaped."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trackui.formats import are_figures

MAX_ROWS = 200
MAX_COLUMNS = 200
SEPARATORS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows. `first`: the number of the first, from 1; `total`: of all rows, None where that is not known."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # Rows or columns were left out.
    is_cut: bool = False
    first: int = 1
    total: int | None = None
    left_out_columns: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column with whether it holds figures."""
        return [
            (column, are_figures([row[position] for row in self.rows])) for position, column in enumerate(self.columns)
        ]

    @property
    def lines(self) -> Iterator[list[tuple[str, bool]]]:
        figures = [is_figures for _, is_figures in self.heads]
        return ([*zip(row, figures, strict=True)] for row in self.rows)


def table_page(columns: Sequence[str], rows: Sequence[Sequence[str]], *, start: int = 0) -> Table:
    """The rows from number `start` on, of all that there are."""
    shown = rows[start : start + MAX_ROWS]
    width = max([len(columns), *map(len, shown)])
    kept = min(width, MAX_COLUMNS)
    return Table(
        columns=_padded(columns, kept),
        rows=tuple(_padded(row, kept) for row in shown),
        is_cut=len(rows) > len(shown) or width > kept,
        first=start + 1,
        total=len(rows),
        left_out_columns=width - kept,
    )


def csv_rows(text: str, separator: str) -> list[list[str]] | None:
    """Head and rows; None when it is not a table after all."""
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row] or None
    except csv.Error:
        return None


def csv_part(data: bytes, separator: str, *, is_end: bool, most: int = MAX_ROWS) -> tuple[list[list[str]], int] | None:
    """At most so many rows from the start of a part of a file, and how many bytes they take; None for no table.

    `is_end`: the file ends with it. Else a row that may go on in the next part is left for that.
    """
    whole = data if is_end else data[: data.rfind(b"\n") + 1]
    taken, is_exhausted = 0, False

    def lines() -> Iterator[str]:
        nonlocal taken, is_exhausted
        for line in io.BytesIO(whole):
            taken += len(line)
            yield line.decode("utf-8-sig" if taken == len(line) else "utf-8", "replace")
        is_exhausted = True

    rows: list[list[str]] = []
    end = 0
    try:
        for row in csv.reader(lines(), delimiter=separator):
            if is_exhausted and not is_end:
                break  # it ended within quotes
            if row:
                rows.append(row)
            end = taken
            if len(rows) == most:
                break
    except csv.Error:
        return None
    return (rows, end) if rows else None


def json_rows(value: object) -> tuple[list[str], list[list[str]]] | None:
    """What clients log as a table: {"columns": […], "data": [[…], …]}, or a list of flat objects."""
    match value:
        case {"columns": [_, *_] as columns, "data": list() as rows} if _are_rows(rows, len(columns)):
            return [cell_text(column) for column in columns], [[cell_text(c) for c in row] for row in rows]
        case [dict(), *_] if all(isinstance(row, dict) for row in value):
            columns = list(dict.fromkeys(key for row in value for key in row))
            if columns and all(_is_flat(row) for row in value):
                return columns, [[cell_text(row.get(key)) for key in columns] for row in value]
    return None


def cell_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _are_rows(rows: list, width: int) -> bool:
    return all(isinstance(row, list) and len(row) == width for row in rows)


def _is_flat(row: dict) -> bool:
    return not any(isinstance(value, (dict, list)) for value in row.values())


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(cells[:width]) + ("",) * (width - len(cells))
