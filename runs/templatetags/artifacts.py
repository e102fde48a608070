"""Code in files, coloured."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from runs.artifacts.highlight import coloured

register = template.Library()


@register.simple_tag
def highlighted(source: str, language: str) -> SafeString:
    return mark_safe(coloured(source, language))  # noqa: S308 escaped piece by piece
