"""Pieces that SVG drawings of figures over runs share: the document, the frame with its axes, marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.charts import theme
from runs.charts.axes import Axis, AxisScale
from runs.charts.colour_key import key_parts
from runs.charts.labels import one_line
from runs.charts.svg import DARK, LIGHT, Box, Scale, document

# A character of the 12 px font is about so wide.
CHARACTER = 6.6
# Height of the line that says what colours mean.
KEY = 26
USUAL = Box()


class Drawn(Protocol):
    """A figure over runs: `caption` says what is shown, `drawing` are the parts of its SVG."""

    title: str

    @property
    def caption(self) -> str: ...

    def drawing(self, box: Box) -> list[str]: ...


def svg_figure(chart: Drawn, box: Box = USUAL) -> SafeString:
    """An `<svg class="chart">` to stand in a page; its tokens colour it."""
    label = escape(f"{one_line(chart.title, at_most=200)}: {chart.caption}")
    head = (
        f'<svg class="chart" viewBox="0 0 {box.width} {box.height}" role="img" aria-label="{label}"'
        ' xmlns="http://www.w3.org/2000/svg">'
    )
    return mark_safe("".join([head, *chart.drawing(box), "</svg>"]))  # noqa: S308 texts are escaped where they are put in


def svg_figure_file(chart: Drawn, *, box: Box = USUAL, look: str = "light", ground: bool = True) -> str:
    """A document of its own, without a style sheet. `look`: light or dark; `ground`: not transparent."""
    colours = DARK if look == "dark" else LIGHT
    head, _, body = svg_figure(chart, box).partition(">")
    colour = getattr(chart, "colour", None)
    if colour is not None and colour.title:
        # Above the drawing, which keeps its size.
        key = "".join(key_parts(colour)[0])
        head = head.replace(
            f'viewBox="0 0 {box.width} {box.height}"', f'viewBox="0 {-KEY} {box.width} {box.height + KEY}"'
        )
        body = f'<g transform="translate(12 {4 - KEY})">{key}</g>{body}'
        box = Box(box.width, box.height + KEY)
    font = f'width="{box.width}" height="{box.height}" font-family="{theme.FONT["family"]}" font-size="12"'
    title = f"<title>{escape(one_line(chart.title, at_most=200))}</title>"
    under = f'<rect y="-{KEY}" width="{box.width}" height="{box.height + KEY}" fill="var(--bg)"/>' if ground else ""
    return document(f"{head} {font}>{title}{under}{body}", colours)


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes in a box, from data to pixels."""

    x_axis: Axis
    y_axis: Axis
    box: Box

    @property
    def left(self) -> float:
        longest = max((len(one_line(text, at_most=24)) for _, text in self.y_ticks), default=3)
        return min(26 + longest * CHARACTER, self.box.width * 0.4)

    @property
    def floor(self) -> float:
        return self.box.height - 40

    @property
    def right(self) -> float:
        return self.box.width - 14

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        return self.y_axis.ticks(about=max(2, self.box.height // 40))

    @property
    def x(self) -> Scale:
        return Scale(self.x_axis.low, self.x_axis.high, self.left, self.right, self.x_axis.is_log)

    @property
    def y(self) -> Scale:
        return Scale(self.y_axis.low, self.y_axis.high, self.floor, 10, self.y_axis.is_log)

    def axes(self) -> list[str]:
        """Grid, ticks and titles."""
        return [*self._rows(), *self._columns(), *self._titles()]

    def _rows(self) -> Iterable[str]:
        x, y = self.left, self.y
        for value, text in self.y_ticks:
            at = float(y(value))
            yield f'<line x1="{x:.0f}" x2="{self.right:.0f}" y1="{at:.1f}" y2="{at:.1f}" stroke="{theme.LINE}"/>'
            yield label(text, x - 8, at + 4, anchor="end", at_most=24)

    def _columns(self) -> Iterable[str]:
        yield (
            f'<line x1="{self.left:.0f}" x2="{self.right:.0f}" y1="{self.floor:.0f}" y2="{self.floor:.0f}"'
            f' stroke="{theme.LINE_STRONG}"/>'
        )
        ticks = self.x_axis.ticks(about=max(2, self.box.width // 100))
        room = (self.right - self.left) / max(len(ticks), 1) / CHARACTER
        for value, text in ticks:
            at = float(self.x(value))
            anchor = "end" if at > self.right - 14 and self.x_axis.scale is not AxisScale.CATEGORY else "middle"
            yield label(text, at, self.floor + 16, anchor=anchor, at_most=max(3, int(room)))

    def _titles(self) -> Iterable[str]:
        room = int((self.right - self.left) / CHARACTER)
        yield label(self.x_axis.title, (self.left + self.right) / 2, self.box.height - 6, at_most=room)
        middle = (10 + self.floor) / 2
        text = escape(one_line(self.y_axis.title, at_most=int((self.floor - 10) / CHARACTER)))
        yield (
            f'<text transform="translate(12 {middle:.0f}) rotate(-90)" text-anchor="middle"'
            f' fill="{theme.MUTED}">{text}</text>'
        )


def label(text: str, x: float, y: float, *, anchor: str = "middle", at_most: int = 80, fill: str = theme.MUTED) -> str:
    shown = escape(one_line(text, at_most=at_most))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{shown}</text>'


def rectangle(x: float, y: float, width: float, height: float, *, fill: str, title: str = "", more: str = "") -> str:
    said = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
        f' fill="{fill}"{more}>{said}</rect>'
    )


def dots(x: np.ndarray, y: np.ndarray, colours: Iterable[str], *, radius: float = 3.2, opacity: float = 0.75) -> str:
    """One path a colour: thousands of dots are a handful of elements."""
    paths: dict[str, list[str]] = {}
    for px, py, colour in zip(x.tolist(), y.tolist(), colours, strict=True):
        paths.setdefault(colour, []).append(f"M{px:.1f} {py:.1f}h0")
    return "".join(
        f'<path d="{"".join(moves)}" stroke="{escape(colour)}" stroke-width="{2 * radius:.1f}" stroke-linecap="round"'
        f' fill="none" opacity="{opacity}"/>'
        for colour, moves in paths.items()
    )
