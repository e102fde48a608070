"""A Jupyter notebook as cells: Markdown, code, and those outputs that are text or pictures. Nothing in it runs."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

MOST_CELLS = 500
MOST_OUTPUTS = 50
LONGEST_TEXT = 50_000
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# What terminals take as colours and moves.
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Output:
    """`kind`: text, error, markdown, picture (`text` is its data: address) or none (`text` says what it was)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    kind: str  # markdown, code, raw
    source: str
    number: int | None
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    language: str
    cells: tuple[Cell, ...]
    left_out: int


def notebook(text: str) -> Notebook | None:
    """None for what is no notebook after all; cells of another shape than they should have are left out."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        return None
    read = [_cell(cell) for cell in cells[:MOST_CELLS] if isinstance(cell, dict)]
    return Notebook(_language(content), tuple(read), len(cells) - len(read))


def _language(content: dict) -> str:
    metadata = _mapping(content.get("metadata"))
    name = _mapping(metadata.get("kernelspec")).get("language") or _mapping(metadata.get("language_info")).get("name")
    return str(name).lower() if isinstance(name, str) else "python"


def _cell(cell: dict) -> Cell:
    kind = cell.get("cell_type")
    number = cell.get("execution_count")
    outputs = cell.get("outputs") if kind == "code" else None
    return Cell(
        kind=kind if kind in ("markdown", "code") else "raw",
        source=_text(cell.get("source")),
        number=number if isinstance(number, int) else None,
        outputs=tuple(_output(one) for one in (outputs if isinstance(outputs, list) else [])[:MOST_OUTPUTS]),
    )


def _output(output: object) -> Output:
    output = _mapping(output)
    kind = output.get("output_type")
    if kind == "stream":
        return Output("text", _plain(output.get("text")))
    if kind == "error":
        traceback = _plain(output.get("traceback"), between="\n")
        return Output("error", traceback or _plain([str(output.get("ename")), ": ", str(output.get("evalue"))]))
    return _shown(_mapping(output.get("data")))


def _shown(data: dict) -> Output:
    """The richest form that is safe: a picture, Markdown, text. HTML and scripts are not shown."""
    for kind in PICTURES:
        picture = _picture(kind, data.get(kind))
        if picture:
            return Output("picture", picture)
    if "text/markdown" in data:
        return Output("markdown", _text(data["text/markdown"]))
    if "text/plain" in data:
        return Output("text", _plain(data["text/plain"]))
    return Output("none", ", ".join(sorted(map(str, data)))[:200] or "nothing")


def _picture(kind: str, value: object) -> str:
    """A data: address, made anew from the bytes; empty for what is none."""
    encoded = "".join(_text(value, longest=2**24).split())
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if data else ""


def _plain(value: object, between: str = "") -> str:
    return ANSI.sub("", _text(value, between=between))


def _text(value: object, *, between: str = "", longest: int = LONGEST_TEXT) -> str:
    """A text, or a list of its lines; half of a surrogate pair, which no page can hold, as a question mark."""
    if isinstance(value, list):
        value = between.join(part for part in value if isinstance(part, str))
    return value[:longest].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}
