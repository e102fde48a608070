"""What the colours of a figure mean, as a small drawing above it."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.charts import theme
from runs.charts.colour_by import ColourBy, group_colour, scale_colour
from runs.charts.labels import one_line
from trackui.formats import number

CHARACTER = 6.6
STRIPES = 32
BAR = 128
HEIGHT = 18
MOST_NAMES = 13


def colour_key(colour: ColourBy) -> SafeString:
    """An `<svg>`; empty where colours mean nothing."""
    if not colour.title:
        return SafeString("")
    parts, width = key_parts(colour)
    return mark_safe(  # noqa: S308 texts are escaped where they are put in
        f'<svg class="chart key" width="{width:.0f}" height="{HEIGHT}" viewBox="0 0 {width:.0f} {HEIGHT}" role="img"'
        f' aria-label="{escape(said(colour))}">{"".join(parts)}</svg>'
    )


def said(colour: ColourBy) -> str:
    if colour.numbers is not None:
        low, high = ends(colour)
        return f"Colour: {one_line(colour.title)} from {low} to {high}"
    return f"Colour: {one_line(colour.title)}"


def ends(colour: ColourBy) -> tuple[str, str]:
    low, high = (10.0**end if colour.is_log else end for end in colour.ends())
    return number(float(f"{low:.4g}")), number(float(f"{high:.4g}"))


def key_parts(colour: ColourBy) -> tuple[list[str], float]:
    """Elements in a line that begins at 0, and how wide they are."""
    line = Line()
    line.text(one_line(colour.title, at_most=30))
    if colour.numbers is not None:
        low, high = ends(colour)
        line.text(low, theme.MUTED)
        line.bar()
        line.text(high, theme.MUTED)
        if colour.is_log:
            line.text("(by powers)", theme.MUTED)
    else:
        for group, name in enumerate(colour.names[:MOST_NAMES]):
            line.dot(group_colour(group))
            line.text(one_line(name, at_most=20), theme.MUTED)
    return line.parts, line.x


class Line:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.x = 0.0

    def text(self, text: str, fill: str = theme.TEXT) -> None:
        self.parts.append(f'<text x="{self.x:.0f}" y="13" fill="{fill}">{escape(text)}</text>')
        self.x += len(text) * CHARACTER + 8

    def bar(self) -> None:
        width = BAR / STRIPES
        for stripe in range(STRIPES):
            colour = scale_colour((stripe + 0.5) / STRIPES)
            at = self.x + stripe * width
            self.parts.append(f'<rect x="{at:.0f}" y="4" width="{width:.0f}" height="10" fill="{colour}"/>')
        self.x += BAR + 8

    def dot(self, colour: str) -> None:
        self.parts.append(f'<circle cx="{self.x + 5:.0f}" cy="9" r="4.5" fill="{colour}"/>')
        self.x += 14
