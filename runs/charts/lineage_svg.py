"""What led to what as a picture: boxes in columns from left to right, and curves between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 168, 44
GAP_ACROSS, GAP_DOWN = 56, 14
EDGE = 8
LONGEST_NAME, LONGEST_NOTE = 22, 26
MOST_DOWN = 10


@dataclass(frozen=True, slots=True)
class PictureBox:
    """`kind`: a word that says how it looks; `href`: where a click leads, or nothing."""

    key: str
    name: str
    note: str
    kind: str
    href: str = ""
    is_here: bool = False


def lineage_svg(columns: Sequence[Sequence[PictureBox]], links: Sequence[tuple[str, str]]) -> SafeString:
    """An `<svg class="lineage">` to stand in a page; of a long column the first boxes, and how many follow."""
    shown = [[*column[:MOST_DOWN]] for column in columns]
    tallest = max(len(column) + (len(whole) > MOST_DOWN) for column, whole in zip(shown, columns, strict=True))
    width = len(columns) * (WIDTH + GAP_ACROSS) - GAP_ACROSS + 2 * EDGE
    height = tallest * (HEIGHT + GAP_DOWN) - GAP_DOWN + 2 * EDGE
    places: dict[str, tuple[float, float]] = {}
    boxes: list[str] = []
    for across, (column, whole) in enumerate(zip(shown, columns, strict=True)):
        rows = len(column) + (len(whole) > MOST_DOWN)
        x = EDGE + across * (WIDTH + GAP_ACROSS)
        top = EDGE + (tallest - rows) * (HEIGHT + GAP_DOWN) / 2
        for down, box in enumerate(column):
            y = top + down * (HEIGHT + GAP_DOWN)
            places.setdefault(box.key, (x, y))
            boxes.append(drawn(box, x, y))
        if len(whole) > MOST_DOWN:
            y = top + len(column) * (HEIGHT + GAP_DOWN) + HEIGHT / 2
            rest = len(whole) - MOST_DOWN
            boxes.append(f'<text class="note" x="{x + 12:.0f}" y="{y:.0f}">and {rest:,} more</text>')
    curves = [curve(places[start], places[end]) for start, end in links if start in places and end in places]
    return mark_safe(  # noqa: S308 every text in it is escaped where it is put in
        f'<svg class="lineage" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group"'
        f' aria-label="Lineage">{"".join(curves)}{"".join(boxes)}</svg>'
    )


def drawn(box: PictureBox, x: float, y: float) -> str:
    classes = f"box {box.kind}{' here' if box.is_here else ''}"
    inside = (
        f"<title>{escape(box.name[:500])}: {escape(box.note[:200])}</title>"
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text class="name" x="{x + 12:.0f}" y="{y + 19:.0f}">{escape(shortened(box.name, LONGEST_NAME))}</text>'
        f'<text class="note" x="{x + 12:.0f}" y="{y + 35:.0f}">{escape(shortened(box.note, LONGEST_NOTE))}</text>'
    )
    if box.href:
        return f'<a class="{classes}" href="{escape(box.href)}">{inside}</a>'
    return f'<g class="{classes}">{inside}</g>'


def curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """From the right side of one box to the left side of another."""
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0], end[1] + HEIGHT / 2
    middle = (x1 + x2) / 2
    return f'<path d="M{x1:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"/>'


def shortened(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
