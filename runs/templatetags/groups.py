"""Heads and cells of the group table. A thousand rows stand on a page, so cells are joined here, not in a template."""

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from runs.metrics.direction import DirectionOfMetric
from runs.models import Run
from runs.queries.compared_groups import ComparedMetric
from runs.queries.group_bars import Bar
from runs.queries.group_parts import GroupCell, GroupRow, GroupValue, MetricHead
from runs.queries.grouping import short_name
from runs.statistics.describe import Description
from runs.statistics.effects import size_in_words
from runs.statistics.sentences import p_number
from trackui.formats import NOTHING, change, count, full_number, number, signed

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
    """`<td>` after `<td>`: the first metric of a group, its values, then its other metrics."""
    measured = [
        cell_html(head, cell, row.size) if cell.found.n else empty_html(head, cell)
        for head, cell in zip(heads, row.cells, strict=True)
    ]
    parts = [*measured[:1], *map(value_html, row.values), *measured[1:]]
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
    moved = '<span class="delta"></span>' if head.is_measured else ""
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


# --- Two groups -------------------------------------------------------------------------------


@register.simple_tag
def compared_row(one: ComparedMetric, name: str) -> SafeString:
    """A metric on both sides, as `<tr>`."""
    sides, d = one.sides, one.decimals
    cells = [
        f'<tr><th scope="row">{escape(name)}{direction_html(one.direction)}</th>',
        side_html(sides.of_a, d, "side"),
        side_html(sides.of_b, d),
        difference_html(one),
    ]
    welch, ranks, bootstrap = sides.welch, sides.mann_whitney, sides.bootstrap
    why = f' title="{escape(sides.no_test)}"' if sides.no_test else ""
    none = f'<td class="n none"{why}>{NOTHING}</td>'
    cells.append(f'<td class="n">{number(welch.low, d)} to {number(welch.high, d)}</td>' if welch else none)
    cells.append(
        f'<td class="n note" title="{bootstrap.method}">{number(bootstrap.low, d)} to {number(bootstrap.high, d)}</td>'
        if bootstrap
        else none
    )
    cells.append(p_html(welch.p, one.welch_holm, "side") if welch else none.replace("n none", "n none side"))
    cells.append(p_html(ranks.p, one.ranks_holm) if ranks else none)
    g = sides.hedges_g
    cells.append(
        f'<td class="n side" title="{size_in_words(g)}">{number(g, 2)}</td>'
        if g is not None
        else none.replace("n none", "n none side")
    )
    cells.append(
        f'<td class="n" title="Cliff’s delta {number(ranks.cliffs_delta, 2)}">{100 * ranks.share:.0f} %</td>'
        if ranks
        else none
    )
    return mark_safe("".join([*cells, "</tr>"]))  # noqa: S308 - texts are escaped, the rest are numbers


def side_html(found: Description, decimals: int, css: str = "") -> str:
    counted = f'<span class="note">n {count(found.n)}</span>'
    if found.mean is None:
        return f'<td class="n none {css}">{not_finite(found) or NOTHING}</td>'
    spread = f' <span class="pm">± {number(found.se, decimals + 1)}</span>' if found.se is not None else ""
    title = f"{full_number(found.mean)}; std {number(found.std)}; median {number(found.median)}"
    return (
        f'<td class="n {css}" title="{title}">{not_finite(found)}{number(found.mean, decimals)}{spread} {counted}</td>'
    )


def difference_html(one: ComparedMetric) -> str:
    difference = one.sides.difference
    if difference is None:
        return f'<td class="n none side">{NOTHING}</td>'
    percent = change(one.sides.of_b.mean, one.sides.of_a.mean)
    tone = one.tone or "note"
    return f'<td class="n side">{signed(difference, one.decimals)} <span class="delta {tone}">{percent}</span></td>'


def p_html(p: float, corrected: float | None, css: str = "") -> str:
    told = f' <span class="note">({p_number(corrected)})</span>' if corrected is not None and corrected != p else ""
    return f'<td class="n {css}" title="{full_number(p)}">{p_number(p)}{told}</td>'


def direction_html(direction: DirectionOfMetric) -> str:
    return render_to_string("runs/_direction.html", {"direction": direction})
