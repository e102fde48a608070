"""Tags for lists of experiments and runs: facets as links, what may follow a filter."""

from django import template

from runs.queries.run_choices import DATASET, NOT, full_filter
from trackui.markdown import markdown_excerpt

register = template.Library()

# What a change of the list makes meaningless.
PLACES = ("page",)
# What of an address says which runs are meant, and against which they are measured: every page of an experiment
# reads it (runs/views/run_sets.py, runs/queries/grouping.py).
RUN_SET = ("q", "status", "user_id", "view", "order", "runs", "top", "baseline", "group", "except")
CHOICES = (NOT, "params.", "tags.", DATASET)


@register.simple_tag(takes_context=True)
def facet_link(context, field, value, excluded=False):
    """The address with this value chosen, or no longer; as excluded, with the runs that have it left out."""
    query = context["request"].GET.copy()
    name, opposite = (f"{NOT}{field}", field) if excluded else (field, f"{NOT}{field}")
    values = query.getlist(name)
    query.setlist(name, [other for other in values if other != value] if value in values else [*values, value])
    query.setlist(opposite, [other for other in query.getlist(opposite) if other != value])
    return address_of(query)


@register.simple_tag(takes_context=True)
def without(context, *names):
    """The address without these parameters, on its first page."""
    query = context["request"].GET.copy()
    for name in names:
        query.pop(name, None)
    return address_of(query)


@register.simple_tag(takes_context=True)
def without_choices(context):
    """The address without filter and facets."""
    query = context["request"].GET.copy()
    for name in list(query):
        if name in ("q", "status", "user_id") or name.startswith(CHOICES):
            del query[name]
    return address_of(query)


def address_of(query):
    for name in PLACES:
        query.pop(name, None)
    for name in [name for name, values in query.lists() if not values]:
        del query[name]
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def corrected_link(context, text, unknown):
    """The address with the nearest known key in place of the unknown one."""
    query = context["request"].GET.copy()
    query["q"] = text[: unknown.start] + unknown.suggestion + text[unknown.end :]
    return address_of(query)


@register.simple_tag(takes_context=True)
def kept_parameters(context, *but):
    """Pairs of the address for the hidden fields of a form that sets `but` itself. The page starts anew."""
    query = context["request"].GET
    return [
        (name, value)
        for name, values in query.lists()
        for value in values
        if name not in but and name not in PLACES and name != "theme"
    ]


@register.simple_tag(takes_context=True)
def run_set_query(context):
    """What of the address says which runs are meant, for a link to another page about them: `?q=…` or nothing."""
    query = run_set_parameters(context["request"].GET)
    return f"?{query.urlencode()}" if query else ""


def run_set_parameters(query):
    """Of an address those parameters that say which runs are meant."""
    query = query.copy()
    for name in list(query):
        if name not in RUN_SET and not name.startswith(CHOICES):
            del query[name]
    return query


@register.filter
def as_filter(options):
    """Filter and facets of a run table as one filter text."""
    return full_filter(options)


@register.filter
def share(percent):
    """A share of runs: `31 %`, `0.4 %`, and what is less than a tenth as such."""
    if 0 < percent < 0.1:
        return "< 0.1 %"
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.1f} %"


@register.filter
def excerpt(note):
    """The first words of a note."""
    return markdown_excerpt(note)


@register.filter
def parts_around(text, error):
    """The text before the error, the part the error is about, and the rest."""
    return text[: error.start], text[error.start : error.end], text[error.end :]
