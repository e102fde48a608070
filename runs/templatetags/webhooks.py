"""Words of webhooks."""

from django import template
from django.utils.html import format_html

from runs.webhooks.events import EVENTS
from trackui import formats
from trackui.clock import now_ms

register = template.Library()


@register.simple_tag
def event_words(name):
    return EVENTS.get(name, name)


@register.simple_tag
def due(milliseconds):
    """A time to come: how long until then; absolute on hover."""
    left = milliseconds - now_ms()
    text = "now" if left <= 0 else f"in {formats.duration(max(left, 1_000))}"
    return format_html('<span title="{}">{}</span>', formats.absolute_time(milliseconds), text)
