"""Heads of the group table."""

from django import template
from django.utils.html import format_html

from runs.queries.grouping import short_name

register = template.Library()

register.filter("short_name", short_name)


@register.filter
def nth(values, place):
    return values[place]


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
