"""Numbers, times, sizes, colours of runs and links that keep the query string, for every template."""

import time

from django import template
from django.utils.html import format_html

from trackui import formats
from trackui.colours import colour_number, run_colour
from trackui.markdown import markdown_excerpt, render_markdown

register = template.Library()

MOST_CLAUSES = 5  # of an order; more would say nothing to anyone

register.filter("duration", formats.duration)
register.filter("filesize", formats.filesize)
register.filter("count", formats.count)
register.filter("number", formats.number)
register.filter("full_number", formats.full_number)
register.filter("signed", formats.signed)
register.filter("absolute_time", formats.absolute_time)
register.filter("markdown", render_markdown)
register.filter("markdown_excerpt", markdown_excerpt)


@register.simple_tag
def figure(value, decimals=None):
    """A figure to read, all of its digits on hover: `{% figure metric.last column.decimals %}`."""
    text, full = formats.number(value, decimals), formats.full_number(value)
    if value is None:
        return format_html('<span class="none">{}</span>', text)
    if text.replace(",", "") == full:
        return text
    return format_html('<span title="{}">{}</span>', full, text)


@register.simple_tag
def ago(milliseconds):
    """A time of the protocol: how long ago, kept current by `<time-ago>`; absolute on hover and in print."""
    if milliseconds is None:
        return format_html('<span class="none">{}</span>', formats.NOTHING)
    at = formats.moment(milliseconds)
    if at is None:
        return formats.absolute_time(milliseconds)
    return format_html(
        '<time datetime="{}" title="{}"><time-ago ms="{}">{}</time-ago></time>',
        at.isoformat(timespec="milliseconds"),
        formats.absolute_time(milliseconds),
        milliseconds,
        formats.relative_time(milliseconds, _now()),
    )


@register.simple_tag
def elapsed(start, end=None):
    """Duration from `start` to `end`, or to now, growing, while there is no end."""
    if end is not None:
        return formats.duration(end - start)
    return format_html('<time-ago ms="{}" elapsed>{}</time-ago>', start, formats.duration(max(0, _now() - start)))


def _now() -> int:
    return time.time_ns() // 1_000_000


@register.simple_tag
def run_dot(run, live=False):
    """The colour of a run as a dot: `{% run_dot run %}`, `{% run_dot run live=True %}` while it runs."""
    chosen = run_colour(run.run_id, run.colour)
    glow = " live" if live else ""
    if chosen.startswith("#"):
        return format_html(
            '<svg class="dot own{}" viewBox="0 0 9 9" aria-hidden="true"><circle cx="4.5" cy="4.5" r="4.5"'
            ' fill="{}"/></svg>',
            glow,
            chosen,
        )
    return format_html('<span class="dot run-{}{}"></span>', colour_number(run.run_id, run.colour), glow)


@register.simple_tag
def run_class(run):
    """The class that sets `--run` below it: a line, a sparkline, a heading of this run."""
    return f"run-{colour_number(run.run_id, run.colour)}"


@register.inclusion_tag("components/_sort_link.html", takes_context=True)
def sort_link(context, key, label, order, how="", falling=False):
    """A column head that sorts. `order`: the clauses in force, as `["-metrics.loss", "start_time"]`.

    A click sorts by this column alone, `falling` or rising, then turns it round; the other columns
    stay behind it where more than one is in force. Beside it stands a link that sorts by this
    column after those.
    """
    names = [clause.lstrip("-") for clause in order]
    rank = names.index(key) if key in names else None
    descending = rank is not None and order[rank].startswith("-")
    rest = [clause for clause in order if clause.lstrip("-") != key] if rank else []
    if rank is None:
        clause = f"-{key}" if falling else key
    else:
        clause = key if descending else f"-{key}"
    query = context["request"].GET.copy()
    is_ordered = "order" in query
    query.pop("page", None)
    query["order"] = ",".join([*order, clause])
    then = f"?{query.urlencode()}" if rank is None and is_ordered and len(order) < MOST_CLAUSES else ""
    query["order"] = ",".join([clause, *rest]) if rank else clause
    return {
        "href": f"?{query.urlencode()}",
        "then": then,
        "label": label,
        "how": how,
        "arrow": "" if rank is None else "↓" if descending else "↑",
        "rank": rank + 1 if rank is not None and len(order) > 1 else None,
    }


@register.simple_tag
def sorted_attribute(key, order):
    """` aria-sort="…"` for the head of the column that the list is sorted by first; else nothing."""
    first = order[0] if order else ""
    if first.removeprefix("-") != key:
        return ""
    return format_html(' aria-sort="{}"', "descending" if first.startswith("-") else "ascending")


@register.simple_tag
def page_numbers(page):
    """Numbers to link to: the first, the last, those around this one; None where some are left out."""
    last = page.paginator.num_pages
    shown = sorted(
        {1, 2, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)} & set(range(1, last + 1))
    )
    numbers = []
    for number in shown:
        if numbers and number - numbers[-1] == 2:
            numbers.append(number - 1)
        elif numbers and number - numbers[-1] > 2:
            numbers.append(None)
        numbers.append(number)
    return numbers
