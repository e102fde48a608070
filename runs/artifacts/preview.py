"""How a file is shown on a page: as a table, JSON, Markdown, text, an image, or not at all.

Nothing is interpreted but to lay it out: the page escapes what it gets, and images load by themselves.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from runs.artifacts.content_types import embedded_type, extension
from runs.artifacts.stores import OpenFile

MAX_BYTES = 2**20
MAX_ROWS = 500
MAX_COLUMNS = 200

LANGUAGES = {
    "py": "python",
    "py3": "python",
    "ipynb": "json",
    "js": "javascript",
    "mjs": "javascript",
    "ts": "typescript",
    "css": "css",
    "html": "html",
    "htm": "html",
    "xml": "xml",
    "svg": "xml",
    "sql": "sql",
    "sh": "bash",
    "r": "r",
    "java": "java",
    "scala": "scala",
    "c": "c",
    "h": "c",
    "cpp": "cpp",
    "go": "go",
    "rs": "rust",
    "ini": "ini",
    "cfg": "ini",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
    "dockerfile": "docker",
}
# Files known by their whole name.
NAMED_LANGUAGES = {
    "MLmodel": "yaml",
    "MLproject": "yaml",
    "mlproject": "yaml",
    "Dockerfile": "docker",
    "Makefile": "make",
}
SEPARATORS = {"csv": ",", "tsv": "\t"}


class PreviewKind(StrEnum):
    TEXT = "text"
    CODE = "code"
    JSON = "json"
    TABLE = "table"
    MARKDOWN = "markdown"
    IMAGE = "image"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # Rows or columns were left out.
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`text` is what to show for every kind but an image, a table and none; unescaped, as all strings here."""

    kind: PreviewKind
    size: int
    text: str = ""
    # A lexer's name, for CODE and JSON.
    language: str = ""
    table: Table | None = None
    # The file goes on after what is shown.
    is_cut: bool = False
    # Why nothing is shown, as a sentence.
    reason: str = ""


# Never in text of any encoding: what has them is read by programs alone.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def preview_of(file: OpenFile) -> Preview:
    """Reads at most 1 MiB of the file, and none of an image's bytes."""
    if embedded_type(file.name):
        return Preview(kind=PreviewKind.IMAGE, size=file.size)
    data = b"".join(file.pieces(0, min(file.size, MAX_BYTES)))
    is_cut = file.size > len(data)
    text = _decoded(data, is_cut=is_cut)
    if text is None:
        return Preview(kind=PreviewKind.NONE, size=file.size, reason="This file is not text.")
    return _text_preview(file.name, file.size, text, is_cut=is_cut)


def _text_preview(name: str, size: int, text: str, *, is_cut: bool) -> Preview:
    ending = extension(name)
    if ending in SEPARATORS:
        table = _csv_table(text, SEPARATORS[ending], is_cut=is_cut)
        if table:
            return Preview(kind=PreviewKind.TABLE, size=size, table=table, is_cut=is_cut)
    if ending == "json" and not is_cut:
        return _json_preview(size, text)
    if ending == "md":
        return Preview(kind=PreviewKind.MARKDOWN, size=size, text=text, is_cut=is_cut)
    language = NAMED_LANGUAGES.get(name) or LANGUAGES.get(ending, "")
    kind = PreviewKind.CODE if language else PreviewKind.TEXT
    return Preview(kind=kind, size=size, text=text, language=language, is_cut=is_cut)


def _json_preview(size: int, text: str) -> Preview:
    """A table where it is one, else laid out anew; as it was written where that would lose something."""
    try:
        value = json.loads(text, object_pairs_hook=_object)
        json.dumps(value, ensure_ascii=False).encode()  # refuses half a surrogate pair, which no page can hold
        table = _json_table(value)
        if table:
            return Preview(kind=PreviewKind.TABLE, size=size, table=table)
        text = _laid_out(value)
    except (ValueError, RecursionError):
        pass
    return Preview(kind=PreviewKind.JSON, size=size, text=text, language="json")


def _object(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key occurs twice")
    return members


def _laid_out(value: object) -> str:
    """Deep nesting makes indentation grow without bound: ValueError when it gets out of hand."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value):
        pieces.append(piece)
        length += len(piece)
        if length > 4 * MAX_BYTES:
            raise ValueError("too long when laid out")
    return "".join(pieces)


def _json_table(value: object) -> Table | None:
    """What clients log as a table: {"columns": […], "data": [[…], …]}, or a list of flat objects."""
    match value:
        case {"columns": [_, *_] as columns, "data": list() as rows} if _are_rows(rows, len(columns)):
            return _table([_cell(column) for column in columns], [[_cell(c) for c in row] for row in rows])
        case [dict(), *_] if all(isinstance(row, dict) for row in value):
            columns = list(dict.fromkeys(key for row in value for key in row))
            if columns and all(_is_flat(row) for row in value):
                return _table(columns, [[_cell(row.get(key)) for key in columns] for row in value])
    return None


def _are_rows(rows: list, width: int) -> bool:
    return all(isinstance(row, list) and len(row) == width for row in rows)


def _is_flat(row: dict) -> bool:
    return not any(isinstance(value, (dict, list)) for value in row.values())


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv_table(text: str, separator: str, *, is_cut: bool) -> Table | None:
    """None when the file is not a table after all. The last line of a cut file is left out."""
    if is_cut:
        text = text.rpartition("\n")[0]
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error:
        return None
    return _table(rows[0], rows[1:], is_cut=is_cut) if rows else None


def _table(columns: list[str], rows: list[list[str]], *, is_cut: bool = False) -> Table:
    width = min(max([len(columns), *map(len, rows[:MAX_ROWS])]), MAX_COLUMNS)
    return Table(
        columns=_padded(columns, width),
        rows=tuple(_padded(row, width) for row in rows[:MAX_ROWS]),
        is_cut=is_cut or len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS,
    )


def _padded(cells: list[str], width: int) -> tuple[str, ...]:
    return tuple(cells[:width]) + ("",) * (width - len(cells))


def _decoded(data: bytes, *, is_cut: bool) -> str | None:
    """Text in UTF-8, UTF-16 with its mark, or Latin-1; None for what is not text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return None
    try:
        # A cut may go through a character: the incremental decoder leaves a half one out.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        return None if _UNPRINTABLE.search(text) else text
