"""The values of two groups as dots in two strips, with their means and intervals, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.charts import theme
from runs.charts.svg import Scale
from runs.charts.ticks import linear_ticks

WIDTH, STRIP, TOP, LEFT, RIGHT, AXIS = 420, 34, 6, 26, 12, 24
# Of a larger group so many dots are drawn, spread evenly over its values in order; its ends are among them.
MOST_DOTS = 400
COLOURS = ("var(--run-1)", "var(--run-2)")


@dataclass(frozen=True, slots=True)
class Strip:
    """`values`: finite ones; `low` and `high`: the interval of the mean, None where there is none."""

    name: str
    values: np.ndarray
    mean: float
    low: float | None = None
    high: float | None = None


def strip_plot(title: str, strips: Sequence[Strip]) -> SafeString:
    """An `<svg class="strips">` to stand in a page. Strips are told apart by their letters, not by colour alone."""
    finite = np.concatenate([strip.values for strip in strips])
    ends = [x for strip in strips for x in (strip.low, strip.high) if x is not None]
    low, high = float(finite.min()), float(finite.max())
    room = (high - low) / 2 if high > low else abs(high) / 2 or 1.0
    # An interval of few runs can be far wider than they are: it is cut where it would squeeze them.
    low, high = min([low, *(max(x, low - room) for x in ends)]), max([high, *(min(x, high + room) for x in ends)])
    scale = Scale(low, high, LEFT + 8, WIDTH - RIGHT - 8)
    height = TOP + STRIP * len(strips) + AXIS
    parts = [
        f'<svg class="strips" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(summary(title, strips))}"'
        ' xmlns="http://www.w3.org/2000/svg">',
        *axis(scale, height - AXIS),
    ]
    for number, strip in enumerate(strips):
        middle = TOP + STRIP * number + STRIP / 2
        parts += drawn(strip, scale, middle, COLOURS[number % len(COLOURS)], "ab"[number % 2])
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308 every text in it is escaped where it is put in


def summary(title: str, strips: Sequence[Strip]) -> str:
    told = (f"{strip.name}: {len(strip.values)} runs, mean {strip.mean:.4g}" for strip in strips)
    return f"{title}. {'; '.join(told)}."


def axis(scale: Scale, floor: float) -> list[str]:
    parts = []
    for value, text in linear_ticks(scale.low, scale.high, about=5):
        at = float(scale(value))
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{floor}" stroke="{theme.LINE}"/>')
        parts.append(
            f'<text x="{at:.1f}" y="{floor + 16}" text-anchor="middle" fill="{theme.MUTED}">{escape(text)}</text>'
        )
    return parts


def drawn(strip: Strip, scale: Scale, middle: float, colour: str, letter: str) -> list[str]:
    values = np.sort(strip.values)
    if len(values) > MOST_DOTS:
        values = values[np.linspace(0, len(values) - 1, MOST_DOTS).round().astype(int)]
    dots = "".join(
        f"M{x:.1f} {middle + offset:.1f}h0"
        for x, offset in zip(scale(values).tolist(), offsets(len(values)), strict=True)
    )
    parts = [
        f'<g><title>{escape(strip.name)}</title><text x="8" y="{middle + 4:.1f}" font-weight="600" fill="{colour}">'
        f"{letter}</text>",
        f'<path d="{dots}" fill="none" stroke="{colour}" stroke-width="5" stroke-linecap="round" opacity="0.55"/>',
    ]
    if strip.low is not None and strip.high is not None:
        start, end = (min(max(float(scale(x)), LEFT), WIDTH - RIGHT) for x in (strip.low, strip.high))
        parts.append(f'<path d="M{start:.1f} {middle:.1f}H{end:.1f}" stroke="{colour}" stroke-width="2"/>')
    at = float(scale(strip.mean))
    parts.append(f'<path d="M{at:.1f} {middle - 11:.1f}v22" stroke="{colour}" stroke-width="2.5"/></g>')
    return parts


def offsets(count: int) -> list[float]:
    """Up and down around the middle, so that dots side by side do not hide each other; the same for the same count."""
    golden = (math.sqrt(5) - 1) / 2
    return [((i * golden) % 1 - 0.5) * 14 for i in range(count)]
