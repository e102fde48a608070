"""The filter of a page as chips."""

from django import template

from runs.queries.filter_chips import filter_chips

register = template.Library()


@register.simple_tag(takes_context=True)
def chips_of_address(context):
    """What the address narrows runs by, each with the address it leaves when taken away."""
    return filter_chips(context["request"].GET)
