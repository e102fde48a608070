"""Cells of a comparison. A page can have thousands: they are written here, not by the template."""

from collections.abc import Sequence

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.queries.comparison_cells import Cell
from runs.queries.comparison_parts import MetricRow, Row
from trackui import formats

register = template.Library()

TITLE_FROM, LONGEST_TITLE, LONGEST_TEXT = 40, 1_000, 200
NOT_SET = '<span class="none">not set</span>'
BEST = '<span class="best-mark"><span aria-hidden="true">▲</span><span class="unseen"> best</span></span>'
NO_MARK = '<span class="best-mark"></span>'


@register.simple_tag
def metric_cells(row: MetricRow, positions: Sequence[int] | None = None) -> SafeString:
    """Values to all digits on hover, and how far from the reference, in percent; the difference itself on hover.
    `positions`: only of these runs."""
    return mark_safe("".join(map(metric_cell, chosen(row, positions))))  # noqa: S308 - escaped below


def metric_cell(cell: Cell) -> str:
    if cell.text is None:
        value = '<span class="none">–</span>'
    else:
        value = f'<span title="{escape(formats.full_number(cell.value))}">{escape(cell.text)}</span>'
    title = f' title="{escape(cell.difference)}"' if cell.difference else ""
    delta = f'<span class="delta {cell.tone}"{title}>{escape(cell.change)}</span>'
    return f'<td class="n{" best" if cell.is_best else ""}">{value}{delta}{BEST if cell.is_best else NO_MARK}</td>'


@register.simple_tag
def text_cells(row: Row, positions: Sequence[int] | None = None) -> SafeString:
    cells = (text_cell(cell, is_commit=row.key == "commit") for cell in chosen(row, positions))
    return mark_safe("".join(cells))  # noqa: S308 - escaped below


def text_cell(cell: Cell, *, is_commit: bool) -> str:
    text = cell.text
    changed = " changed" if cell.is_changed else ""
    if text is None:
        return f'<td class="n{changed}">{NOT_SET}</td>'
    if not text:
        return f'<td class="n{changed}"><span class="none">empty</span></td>'
    if is_commit:
        link = f' <a class="link" href="{escape(cell.href)}" rel="noreferrer">diff</a>' if cell.href else ""
        code = f'<code title="{escape(text[:LONGEST_TITLE])}">{escape(text[:10])}</code>'
        return f'<td class="n{changed}">{code}{link}</td>'
    title = f' title="{escape(cut(text, LONGEST_TITLE))}"' if len(text) > TITLE_FROM else ""
    return f'<td class="n{changed}"{title}>{escape(cut(text, LONGEST_TEXT))}</td>'


def chosen(row: Row | MetricRow, positions: Sequence[int] | None) -> Sequence[Cell]:
    return row.cells if positions is None else [row.cells[at] for at in positions]


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
