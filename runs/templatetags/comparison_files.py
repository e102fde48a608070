"""Files of compared runs: their addresses, and rows of differences, which can be thousands, written here."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.artifacts.table_diff import LONGEST_CELL, CellDiff, RowDiff, TableDiff
from runs.artifacts.text_diff import DiffLine, Parts, TextDiff
from runs.queries.comparison_files import FileOfRun, FileRow
from runs.queries.comparison_options import ComparisonOptions
from trackui import formats

register = template.Library()

# The sign that says what the colour of a line does.
SIGNS = {"same": " ", "removed": "−", "added": "+"}


@register.filter
def at(items: Sequence, position: int):
    return items[position]


@register.simple_tag
def artifact_page(run, file: FileOfRun) -> str:
    """The file on the page of its run."""
    return address("runs:run_artifacts", run, file)


@register.simple_tag
def image_source(run, file: FileOfRun) -> str:
    return address("runs:artifact_image", run, file)


def address(name: str, run, file: FileOfRun) -> str:
    model = {"model": file.model_id} if file.model_id else {}
    return f"{reverse(name, args=[run.run_id])}?{urlencode(model | {'path': file.path}, safe='/')}"


@register.simple_tag
def file_page(options: ComparisonOptions, path: str) -> str:
    """The page that holds the files at a path against each other."""
    return f"{reverse('runs:compare_artifacts')}?{options.only_runs}&{urlencode({'path': path}, safe='/')}"


@register.simple_tag
def size_cells(row: FileRow) -> SafeString:
    reference = row.files[0]
    return joined(
        '<td class="n"><span class="none">–</span></td>'
        if file is None
        else f'<td class="n{" changed" if reference and file.size != reference.size else ""}"'
        f' title="{file.size:,} bytes">{escape(formats.filesize(file.size))}</td>'
        for file in row.files
    )


# --- Texts ---------------------------------------------------------------------------------------


@register.simple_tag
def split_lines(diff: TextDiff) -> SafeString:
    return joined(gap(line, width=4) if line.kind == "gap" else split_line(line) for line in diff.lines)


def split_line(line: DiffLine) -> str:
    left, right = (
        ("removed", "added") if line.kind == "changed" else
        ("removed", "") if line.kind == "removed" else ("", "added") if line.kind == "added" else ("", "")
    )  # fmt: skip
    sides = side(line.left_number, line.left, left) + side(line.right_number, line.right, right)
    return f"<tr>{sides}</tr>"


def side(number: int | None, parts: Parts, kind: str) -> str:
    if number is None:
        return '<td class="number void"></td><td class="void"></td>'
    return f'<td class="number {kind}">{number}</td><td class="line {kind}">{line_text(parts)}</td>'


@register.simple_tag
def unified_lines(diff: TextDiff) -> SafeString:
    """Lines that went before those that came, as tools write it."""
    return joined(unified(diff.lines))


def unified(lines: Sequence[DiffLine]) -> Iterator[str]:
    waiting: list[str] = []
    for line in lines:
        if line.kind == "changed":
            yield unified_line("removed", line.left_number, None, line.left)
            waiting.append(unified_line("added", None, line.right_number, line.right))
            continue
        if line.kind == "removed":
            yield unified_line("removed", line.left_number, None, line.left)
            continue
        yield from waiting
        waiting.clear()
        if line.kind == "gap":
            yield gap(line, width=4)
        else:
            yield unified_line(line.kind, line.left_number, line.right_number, line.right)
    yield from waiting


def unified_line(kind: str, left: int | None, right: int | None, parts: Parts) -> str:
    shade = "" if kind == "same" else kind
    numbers = "".join(f'<td class="number {shade}">{"" if one is None else one}</td>' for one in (left, right))
    return (
        f'<tr>{numbers}<td class="sign {shade}">{SIGNS[kind]}</td><td class="line {shade}">{line_text(parts)}</td></tr>'
    )


def gap(line: DiffLine, *, width: int) -> str:
    lines = "line" if line.skipped == 1 else "lines"
    return f'<tr class="gap"><td colspan="{width}">{line.skipped:,} equal {lines}</td></tr>'


def line_text(parts: Parts) -> str:
    return "".join(f"<mark>{escape(text)}</mark>" if is_marked else escape(text) for text, is_marked in parts)


# --- Tables --------------------------------------------------------------------------------------


@register.simple_tag
def joined_rows(diff: TableDiff) -> SafeString:
    return joined(map(joined_row, diff.rows))


def joined_row(row: RowDiff) -> str:
    cells = "".join(map(joined_cell, row.cells))
    return (
        f'<tr class="{row.kind}"><th scope="row">{escape(cut(row.key))}</th><td class="how">{row.kind}</td>{cells}</tr>'
    )


def joined_cell(cell: CellDiff) -> str:
    if cell.is_changed:
        return f'<td class="changed"><del>{shown(cell.before)}</del> → <ins>{shown(cell.after)}</ins></td>'
    return f"<td>{shown(cell.before if cell.after is None else cell.after)}</td>"


def shown(text: str | None) -> str:
    if text is None:
        return '<span class="none">no such column</span>'
    return escape(cut(text)) if text else '<span class="none">empty</span>'


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def joined(pieces) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 - all texts in the pieces are escaped where they are put in
