"""How a file is shown on a page: as a table, JSON, Markdown, text, a picture, or its first bytes.

Nothing is interpreted but to lay it out: the page escapes what it gets; images, sound and documents load by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString

from runs.artifacts.content_types import embedded_type, extension, played_type
from runs.artifacts.decoded import decoded, is_utf16
from runs.artifacts.hexdump import SHOWN, hexdump
from runs.artifacts.json_tree import json_tree
from runs.artifacts.notebook import Notebook, notebook
from runs.artifacts.numpy_array import NumpyArray, numpy_array
from runs.artifacts.parquet_table import NotReadable, parquet_page
from runs.artifacts.plotly_figure import MOST_BYTES as LARGEST_FIGURE
from runs.artifacts.plotly_figure import is_figure
from runs.artifacts.preview_kinds import LAID_OUT, LANGUAGES, NAMED_LANGUAGES, PARQUET, PreviewKind
from runs.artifacts.stores import OpenFile
from runs.artifacts.tables import (
    MAX_ROWS,
    SEPARATORS,
    Table,
    csv_part,
    csv_rows,
    json_rows,
    table_page,
)

# Read of a file that is laid out as a whole; longer text comes in parts of PART bytes.
MAX_BYTES = 2**20
PART = 2**18
# Pictures make notebooks and figures large.
LARGEST_NOTEBOOK = 2**23


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of a file begins: a byte of text, a row of a table. `first`: the number of its first line or row."""

    at: int = 0
    first: int = 1


@dataclass(frozen=True, slots=True)
class Preview:
    """`text` is what to show of text, unescaped as all strings here; the other kinds have a field of their own."""

    kind: PreviewKind
    size: int
    text: str = ""
    # A language, for CODE and JSON.
    language: str = ""
    table: Table | None = None
    tree: SafeString | None = None
    notebook: Notebook | None = None
    array: NumpyArray | None = None
    # The file goes on after what is shown.
    is_cut: bool = False
    part: Part = field(default_factory=Part)
    previous: Part | None = None
    next: Part | None = None
    # Why it is shown in a lesser way, as a sentence.
    reason: str = ""
    is_source: bool = False
    is_binary: bool = False

    @property
    def has_source(self) -> bool:
        return self.kind in LAID_OUT and not self.is_binary

    @property
    def is_text(self) -> bool:
        return self.kind in (PreviewKind.TEXT, PreviewKind.CODE) or (self.kind is PreviewKind.JSON and not self.tree)


def preview_of(file: OpenFile, *, part: Part = Part(), as_source: bool = False) -> Preview:
    """A part of the file. Reads a few MiB at most, and nothing of what a browser loads by itself.

    `as_source`: text as it was written, where it could be laid out.
    """
    part = Part(min(max(part.at, 0), file.size), max(part.first, 1))
    ending = extension(file.name)
    if as_source:
        shown = text_part(file, part)
        return replace(shown, is_source=True) if shown else bytes_preview(file, "This file is not text.")
    if kind := loaded_kind(file.name):
        return Preview(kind=kind, size=file.size)
    make = READERS.get(ending)
    return (make(file, part) if make else None) or text_part(file, part) or unreadable(file)


def loaded_kind(name: str) -> PreviewKind | None:
    """What the browser loads by an address of its own."""
    if embedded_type(name):
        return PreviewKind.IMAGE
    played = played_type(name)
    if played:
        return PreviewKind.VIDEO if played.startswith("video/") else PreviewKind.AUDIO
    return {"html": PreviewKind.HTML, "htm": PreviewKind.HTML, "pdf": PreviewKind.PDF}.get(extension(name))


def unreadable(file: OpenFile) -> Preview:
    return bytes_preview(file, "This file is not text.")


def bytes_preview(file: OpenFile, reason: str) -> Preview:
    return Preview(
        kind=PreviewKind.BYTES,
        size=file.size,
        text=hexdump(read(file, 0, SHOWN)),
        is_cut=file.size > SHOWN,
        reason=reason,
    )


# --- Text ---------------------------------------------------------------------------------------


def text_part(file: OpenFile, part: Part) -> Preview | None:
    """Whole lines from a byte on; None for what is not text. UTF-16 is read from its beginning alone."""
    head = read(file, 0, 4)
    if is_utf16(head):
        data = read(file, 0, MAX_BYTES)
        text = decoded(data, is_cut=file.size > len(data))
        return text_preview(file, text, Part(), is_cut=file.size > len(data))
    data = read(file, part.at, PART)
    rest = file.size - part.at - len(data)
    if rest and (end := data.rfind(b"\n") + 1):
        data = data[:end]
    text = decoded(data, is_cut=bool(rest))
    if text is None:
        return None
    following = Part(part.at + len(data), part.first + data.count(b"\n")) if part.at + len(data) < file.size else None
    shown = text_preview(file, text, part, is_cut=bool(following or part.at))
    return replace(shown, next=following, previous=part_before(file, part))


def text_preview(file: OpenFile, text: str, part: Part, *, is_cut: bool) -> Preview:
    language = NAMED_LANGUAGES.get(file.name) or LANGUAGES.get(extension(file.name), "")
    kind = PreviewKind.CODE if language else PreviewKind.TEXT
    return Preview(kind=kind, size=file.size, text=text, language=language, is_cut=is_cut, part=part)


def part_before(file: OpenFile, part: Part) -> Part | None:
    """The whole lines that end where this part begins."""
    if not part.at:
        return None
    start = max(0, part.at - PART)
    data = read(file, start, part.at - start)
    if start and (end := data.find(b"\n") + 1) < len(data):
        start, data = start + end, data[end:]
    return Part(start, max(1, part.first - data.count(b"\n")) if start else 1)


# --- Laid out -----------------------------------------------------------------------------------


def csv_preview(file: OpenFile, part: Part) -> Preview | None:
    separator = SEPARATORS[extension(file.name)]
    if file.size <= MAX_BYTES:
        text = decoded(read(file, 0, file.size), is_cut=False)
        rows = csv_rows(text, separator) if text else None
        return rows_preview(file, rows[0], rows[1:], part) if rows else None
    return large_csv(file, separator, part)


def large_csv(file: OpenFile, separator: str, part: Part) -> Preview | None:
    """Rows from a byte on under the head of the file, which is read again."""
    beginning = read(file, 0, MAX_BYTES)
    if decoded(beginning, is_cut=True) is None:
        return None
    head = csv_part(beginning[: beginning.find(b"\n") + 1], separator, is_end=False)
    data = read(file, part.at, MAX_BYTES) if part.at else beginning
    is_end = part.at + len(data) >= file.size
    found = csv_part(data, separator, is_end=is_end, most=MAX_ROWS if part.at else MAX_ROWS + 1)
    if not head or not found:
        return None
    rows, taken = found
    columns = head[0][0]
    table = table_page(columns, rows if part.at else rows[1:])
    following = Part(part.at + taken, part.first + len(table.rows)) if part.at + taken < file.size else None
    return Preview(
        kind=PreviewKind.TABLE,
        size=file.size,
        table=replace(table, first=part.first, total=None, is_cut=True),
        is_cut=True,
        part=part,
        previous=Part() if part.at else None,
        next=following,
    )


def rows_preview(file: OpenFile, columns: list[str], rows: list[list[str]], part: Part) -> Preview:
    return table_preview(file, table_page(columns, rows, start=min(part.at, max(0, len(rows) - 1))))


def table_preview(file: OpenFile, table: Table) -> Preview:
    """A page of a table whose rows are counted."""
    start, end = table.first - 1, table.last
    return Preview(
        kind=PreviewKind.TABLE,
        size=file.size,
        table=table,
        part=Part(start, table.first),
        previous=Part(max(0, start - MAX_ROWS), max(1, table.first - MAX_ROWS)) if start else None,
        next=Part(end, end + 1) if table.total is not None and table.rows and end < table.total else None,
    )


def parquet_preview(file: OpenFile, part: Part) -> Preview:
    try:
        return replace(table_preview(file, parquet_page(file, start=part.at)), is_binary=True)
    except NotReadable as error:
        return bytes_preview(file, str(error))


def json_preview(file: OpenFile, part: Part) -> Preview | None:
    """A figure or a table where it is one, else a tree; as it was written where that would lose something."""
    if file.size > LARGEST_FIGURE:
        return None
    text = decoded(read(file, 0, file.size), is_cut=False)
    if text is None:
        return None
    try:
        value = json.loads(text, object_pairs_hook=once_each)
        json.dumps(value, ensure_ascii=False).encode()  # refuses half a surrogate pair, which no page can hold
    except (ValueError, RecursionError):
        return None
    if is_figure(value):
        return Preview(kind=PreviewKind.PLOTLY, size=file.size)
    if file.size > MAX_BYTES:
        return None
    if table := json_rows(value):
        return rows_preview(file, *table, part)
    try:
        laid_out = json_text(value)
    except (ValueError, RecursionError):
        return None
    return Preview(kind=PreviewKind.JSON, size=file.size, text=laid_out, language="json", tree=json_tree(value))


def once_each(pairs: list[tuple[str, object]]) -> dict:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key occurs twice")
    return members


def json_text(value: object) -> str:
    """Deep nesting makes indentation grow without bound: ValueError when it gets out of hand."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value):
        pieces.append(piece)
        length += len(piece)
        if length > 4 * MAX_BYTES:
            raise ValueError("too long when laid out")
    return "".join(pieces)


def markdown_preview(file: OpenFile, part: Part) -> Preview | None:
    shown = text_part(file, part)
    return replace(shown, kind=PreviewKind.MARKDOWN, language="") if shown else None


def notebook_preview(file: OpenFile, part: Part) -> Preview | None:
    if file.size > LARGEST_NOTEBOOK:
        return None
    text = decoded(read(file, 0, file.size), is_cut=False)
    found = notebook(text) if text else None
    return Preview(kind=PreviewKind.NOTEBOOK, size=file.size, notebook=found) if found else None


def array_preview(file: OpenFile, part: Part) -> Preview | None:
    array = numpy_array(file)
    return Preview(kind=PreviewKind.ARRAY, size=file.size, array=array) if array else None


def read(file: OpenFile, start: int, length: int) -> bytes:
    length = min(length, file.size - start)
    return b"".join(file.pieces(start, length)) if length > 0 else b""


READERS: dict[str, Callable[[OpenFile, Part], Preview | None]] = {
    **dict.fromkeys(SEPARATORS, csv_preview),
    **dict.fromkeys(PARQUET, parquet_preview),
    "json": json_preview,
    "md": markdown_preview,
    "ipynb": notebook_preview,
    "npy": array_preview,
}
