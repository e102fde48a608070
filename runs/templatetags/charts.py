"""Links of pages with charts: sections that unfold, runs that are left out, panels that are chosen."""

from django import template

from runs.queries.panel_options import METRIC_PREFIX
from trackui.colours import run_colour

register = template.Library()


@register.simple_tag(takes_context=True)
def section_link(context, charts, prefix):
    """The address with this section folded, or unfolded."""
    query = _whole_page(context)
    prefixes = charts.open_prefixes
    opened = [other for other in prefixes if other != prefix] if prefix in prefixes else [*prefixes, prefix]
    # None open is said too: without a word the first ones are.
    query.setlist("open", opened or ["-"])
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def hide_link(context, line):
    """The address without this run or group among the lines."""
    query = context["request"].GET.copy()
    query.appendlist("hide", line)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def panel_link(context, panels, key, move=0):
    """The address with a metric among the chosen panels or, where it is one, without it; or moved by so many places."""
    query = context["request"].GET.copy()
    keys = [panel.key for panel in panels]
    if move:
        at = keys.index(key)
        to = min(max(at + move, 0), len(keys) - 1)
        keys.insert(to, keys.pop(at))
    elif key in keys:
        keys.remove(key)
    else:
        keys.append(key)
    query.setlist("metrics", keys)
    if not keys:
        query.pop("metrics")
    return f"?{query.urlencode()}"


@register.filter
def of(found, key):
    """What a mapping has for a key."""
    return found.get(key)


@register.simple_tag(takes_context=True)
def axis_link(context, key):
    """The address with all charts drawn along this metric; or, where they are, by step again."""
    query = context["request"].GET.copy()
    for name in ("x_from", "x_to"):
        query.pop(name, None)
    along = f"{METRIC_PREFIX}{key}"
    if query.get("x") == along:
        query.pop("x")
    else:
        query["x"] = along
    return f"?{query.urlencode()}"


def _whole_page(context):
    query = context["request"].GET.copy()
    for name in ("section", "page"):
        query.pop(name, None)
    return query


@register.simple_tag
def run_stroke(run):
    """The colour of a run, as an attribute of SVG takes it."""
    return run_colour(run.run_id, run.colour)
