"""One file of two runs held against each other: as a text, or as a table."""

from __future__ import annotations

import json
from dataclasses import dataclass

from runs.artifacts.content_types import extension
from runs.artifacts.decoded import decoded
from runs.artifacts.table_diff import FileTable, TableDiff, file_table, read_table, table_diff
from runs.artifacts.tables import json_rows
from runs.artifacts.text_diff import TextDiff, text_diff
from runs.queries.artifact_browser import artifact_file
from runs.queries.comparison_files import FileOfRun, FileRow

MOST_BYTES = 2 * 2**20
LONGEST_LAID_OUT = 8 * 2**20


@dataclass(frozen=True, slots=True)
class FileText:
    """`text` is None for what is no text."""

    text: str | None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class FilesDiff:
    """One of `table` and `text`, or neither where the files are no text. `is_cut`: only their beginnings are compared.

    `is_laid_out`: JSON that is written anew, so that order and blanks make no difference.
    """

    table: TableDiff | None = None
    text: TextDiff | None = None
    is_cut: bool = False
    is_laid_out: bool = False


def files_diff(row: FileRow, before: FileOfRun, after: FileOfRun, *, user, key: str | None = None) -> FilesDiff:
    """Reads at most 2 MiB of each."""
    left, right = (text_of(file, user=user) for file in (before, after))
    if left.text is None or right.text is None:
        return FilesDiff()
    is_cut = left.is_cut or right.is_cut
    if row.separator:
        tables = [table_of(one, row.separator) for one in (left, right)]
        if tables[0] and tables[1]:
            return FilesDiff(table=table_diff(tables[0], tables[1], key), is_cut=is_cut)
    if extension(row.path) == "json" and not is_cut:
        found = json_diff(left.text, right.text, key)
        if found is not None:
            return found
    return FilesDiff(text=text_diff(left.text, right.text), is_cut=is_cut)


def text_of(file: FileOfRun, *, user) -> FileText:
    with artifact_file(file.owner, file.path, user=user) as opened:
        data = b"".join(opened.pieces(0, min(opened.size, MOST_BYTES)))
        is_cut = opened.size > len(data)
    return FileText(decoded(data, is_cut=is_cut), is_cut)


def table_of(file: FileText, separator: str) -> FileTable | None:
    return read_table(file.text or "", separator, is_cut=file.is_cut)


def json_diff(left: str, right: str, key: str | None) -> FilesDiff | None:
    """As tables where both are such as clients log, else laid out; None where one is no JSON, or would grow out of
    hand."""
    try:
        values = json.loads(left), json.loads(right)
        json.dumps(values, ensure_ascii=False).encode()  # refuses half a surrogate pair, which no page can hold
        tables = [json_rows(value) for value in values]
        if tables[0] and tables[1]:
            return FilesDiff(table=table_diff(file_table(*tables[0]), file_table(*tables[1]), key))
        texts = [laid_out(value) for value in values]
    except (ValueError, RecursionError):
        return None
    return FilesDiff(text=text_diff(*texts), is_laid_out=True)


def laid_out(value: object) -> str:
    """With keys in order and a value a line. Deep nesting makes indentation grow: ValueError beyond 8 MiB."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False).iterencode(value):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_LAID_OUT:
            raise ValueError("too long when laid out")
    return "".join(pieces)
