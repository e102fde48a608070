"""Heads and cells of the group table. A thousand rows stand on a page, so cells are joined here, not in a template."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from runs.models import Run
from runs.queries.group_bars import Bar
from runs.queries.group_parts import GroupCell, GroupRow, GroupValue, MetricHead
from runs.queries.grouping import short_name
from runs.statistics.describe import Description
from trackui.formats import NOTHING, count, full_number, number, signed

register = template.Library()

register.filter("short_name", short_name)

NO_CELL = f'<td class="n none">{NOTHING}</td>'


@register.simple_tag(takes_context=True)
def group_sort_link(context, name, label, falling=False, title=""):
    """A head that sorts the groups; a second click turns the order round. Needs in the context: table (GroupTable)."""
    sort = context["table"].sort
    is_sorted = sort.name == name
    falls = not sort.is_descending if is_sorted else falling
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["sort"] = f"{'-' if falls else ''}{name}"
    arrow = (" ↓" if sort.is_descending else " ↑") if is_sorted else ""
    return format_html('<a href="?{}" title="{}">{}{}</a>', query.urlencode(), title, label, arrow)


@register.simple_tag(takes_context=True)
def group_sorted(context, name):
    """` aria-sort="…"` for the head in force."""
    sort = context["table"].sort
    if sort.name != name:
        return ""
    return format_html(' aria-sort="{}"', "descending" if sort.is_descending else "ascending")


@register.simple_tag
def group_cells(row: GroupRow, heads: list[MetricHead]) -> SafeString:
    """`<td>` after `<td>`: the values of a group, then its metrics."""
    parts = [value_html(value) for value in row.values]
    for head, cell in zip(heads, row.cells, strict=True):
        parts.append(cell_html(head, cell, row.size) if cell.found.n else empty_html(head, cell))
    return mark_safe("".join(parts))  # noqa: S308 - texts are escaped below, the rest are numbers


def value_html(value: GroupValue) -> str:
    if value.text is None:
        return '<td class="none">not set</td>'
    title = f' title="{escape(value.full)}"' if value.full else ""
    return f"<td{title}>{escape(value.text)}</td>" if value.text else '<td class="none">(empty)</td>'


def empty_html(head: MetricHead, cell: GroupCell) -> str:
    """Of a metric that no run of the group has, or as no finite number."""
    first = f'<td class="n none metric">{not_finite(cell.found) or NOTHING}</td>'
    return first + NO_CELL * (6 if head.is_full else 1)


def cell_html(head: MetricHead, cell: GroupCell, size: int) -> str:
    found = cell.found
    title = f"{full_number(found.mean)}; median {number(found.median)}; {count(found.n)} of {count(size)} runs"
    missing = f'<span class="note few">n {count(found.n)}</span> ' if found.n != size and not head.is_full else ""
    moved = ""
    if cell.delta is not None:
        absolute = signed(cell.delta.absolute, head.decimals)
        moved = f'<span class="delta {cell.tone or "note"}" title="{absolute}">{cell.change}</span>'
    mark = '<span class="mark" aria-label="best mean on this page">▲</span>' if cell.is_best else ""
    parts = [
        f'<td class="n metric{" best" if cell.is_best else ""}" title="{title}">'
        f"{missing}{not_finite(found)}{number(found.mean, head.decimals)}{moved}{mark}</td>",
        spread_html(found.std, head),
    ]
    if head.is_full:
        parts += [
            spread_html(found.se, head),
            f'<td class="n note">{count(found.n)}</td>',
            interval_html(head, cell),
            run_html(cell.best, cell.best_value, head),
            run_html(cell.worst, cell.worst_value, head),
        ]
    return "".join(parts)


def not_finite(found: Description) -> str:
    """Values that no mean can hold."""
    counts = ((found.nan, "NaN"), (found.plus_inf, "∞"), (found.minus_inf, "−∞"))
    told = ", ".join(f"{count(n)} {word}" for n, word in counts if n)
    return f'<span class="bad few" title="Left out of mean and spread">{told}</span> ' if told else ""


def spread_html(value: float | None, head: MetricHead) -> str:
    if value is None:
        return NO_CELL
    return f'<td class="n note" title="{full_number(value)}">{number(value, head.spread_decimals)}</td>'


def interval_html(head: MetricHead, cell: GroupCell) -> str:
    found = cell.found
    text = '<span class="none">one run</span>'
    if found.low is not None:
        text = f"{number(found.low, head.decimals)} to {number(found.high, head.decimals)}"
    drawn = bar_html(cell.bar, head.band) if cell.bar else ""
    return f'<td class="axis">{drawn}<span class="ends-text">{text}</span></td>'


def bar_html(bar: Bar, band: Bar | None) -> str:
    """The mean with its interval and its runs, on the axis of the page."""
    parts = ['<svg class="interval" viewBox="0 0 168 18" width="168" height="18" aria-hidden="true">']
    if band is not None and band.low is not None:
        parts.append(f'<rect class="band" x="{band.low}" y="0" width="{band.width}" height="18"/>')
    if bar.ticks:
        parts.append(f'<path class="ticks" d="{bar.ticks}"/>')
    if bar.low is not None:
        low = "" if bar.low_cut else f"M{bar.low} 6v6"
        high = "" if bar.high_cut else f"M{bar.high} 6v6"
        parts.append(f'<path class="range" d="M{bar.low} 9H{bar.high}{low}{high}"/>')
        beyond = ("M6 9l4-3v6z" if bar.low_cut else "") + ("M162 9l-4-3v6z" if bar.high_cut else "")
        if beyond:
            parts.append(f'<path class="beyond" d="{beyond}"/>')
    parts.append(f'<circle class="mean" cx="{bar.mean}" cy="9" r="3"/></svg>')
    return "".join(parts)


def run_html(run: Run | None, value: float | None, head: MetricHead) -> str:
    text = number(value, head.decimals)
    if run is None:
        return f'<td class="n">{text}</td>'
    address = reverse("runs:run_detail", args=[run.run_id])
    return f'<td class="n"><a href="{address}" title="{escape(str(run)[:120])}">{text}</a></td>'
