"""Cells of a table of runs. Thousands stand on a page, so they are joined here instead of in a template."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.models import Run
from runs.queries.run_cells import Cell
from runs.queries.run_rows import Head, Row
from trackui.formats import NOTHING, duration
from trackui.templatetags.trackui import ago, elapsed, run_class

register = template.Library()


@register.simple_tag
def run_cells(row: Row) -> SafeString:
    """`<td>` after `<td>`: those of a row below its columns."""
    made = [cell_html(row.run, head, cell) for head, cell in row.cells]
    for at, (head, _) in enumerate(row.cells):
        if not head.pin:
            break
        made[at] = pinned_html(made[at], head.pin)
    return mark_safe("".join(made))  # noqa: S308 - escaped below


@register.simple_tag(takes_context=True)
def address_but(context, name: str) -> str:
    """The address up to the value of `name`, which may follow: one text for all rows."""
    query = context["request"].GET.copy()
    query.pop(name, None)
    return f"?{query.urlencode()}&{name}=" if query else f"?{name}="


@register.simple_tag(takes_context=True)
def opened_link(context, run_id: str) -> str:
    """The address with all children of a run on the page."""
    return _named_in(context, run_id, "open", "shut")


@register.simple_tag(takes_context=True)
def shut_link(context, run_id: str) -> str:
    """The address with none of them."""
    return _named_in(context, run_id, "shut", "open")


def _named_in(context, run_id: str, name: str, other: str) -> str:
    query = context["request"].GET.copy()
    named = {one: [part for part in query.get(one, "").split(",") if part and part != run_id] for one in (name, other)}
    named[name].append(run_id)
    for one, run_ids in named.items():
        query.pop(one, None)
        if run_ids:
            query[one] = ",".join(run_ids)
    return f"?{query.urlencode(safe=',')}"


def cell_html(run: Run, head: Head, cell: Cell) -> str:
    if not cell.is_set:
        told = told_by_run(run, head)
        return told or f'<td class="{"none n" if head.is_figures else "none"}">{NOTHING}</td>'
    if cell.line:
        return (
            f'<td class="spark"><svg class="sparkline {run_class(run)}" viewBox="0 0 72 20" aria-hidden="true">'
            f'<path d="{cell.line}"/></svg></td>'
        )
    text, full = escape(cell.text), escape(cell.full)
    if head.is_experiment:
        url = reverse("runs:run_list", args=[run.experiment_id])
        return f'<td{titled(full)}><a href="{url}">{text}</a></td>'
    if cell.is_best:
        title = f"{full or text}, the best of these runs"
        mark = '<span class="mark" aria-label="best">▲</span>'
        return f'<td class="n best" title="{title}">{text}{delta_html(cell)}{mark}</td>'
    opening = '<td class="n"' if head.is_figures else "<td"
    return f"{opening}{titled(full)}>{text}{delta_html(cell)}</td>"


def pinned_html(cell: str, pin: int) -> str:
    """The same cell, which stays in its place when the table is scrolled sideways."""
    if cell.startswith('<td class="'):
        return f'<td class="pin pin-{pin} {cell[11:]}'
    return f'<td class="pin pin-{pin}"{cell[3:]}'


def titled(full: str) -> str:
    return f' title="{full}"' if full else ""


def delta_html(cell: Cell) -> str:
    """How far it is from the baseline; room for it where it cannot be said, so that figures stand under each other."""
    if cell.delta is None:
        return ""
    return f'<span class="delta {cell.tone or "note"}">{escape(cell.delta)}</span>'


def told_by_run(run: Run, head: Head) -> str:
    """Times go on, so they are no text of a cell."""
    if head.column.kind is not None:
        return ""
    match head.column.key:
        case "start_time":
            return f'<td class="note">{ago(run.start_time)}</td>'
        case "end_time":
            return f'<td class="note">{ago(run.end_time)}</td>'
        case "duration":
            if run.end_time is not None:
                return f'<td class="n">{duration(run.duration)}</td>'
            return "" if run.is_finished else f'<td class="n">{elapsed(run.start_time)}</td>'
    return ""
