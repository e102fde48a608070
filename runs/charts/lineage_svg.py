"""What led to what as a picture: boxes in columns from left to right, or in rows, and curves between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 168, 44
GAP_ACROSS, GAP_DOWN = 56, 14
EDGE = 8
LONGEST_NAME, LONGEST_NOTE = 22, 26
MOST_DOWN = 10
# From the top to the bottom, two boxes beside each other: as wide as a small screen.
UPRIGHT_WIDTH, UPRIGHT_GAP, ABREAST = 150, 12, 2
GAP_BETWEEN_STAGES = 40
UPRIGHT_NAME, UPRIGHT_NOTE = 19, 23

Links = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PictureBox:
    """`kind`: a word that says how it looks; `href`: where a click leads, or nothing."""

    key: str
    name: str
    note: str
    kind: str
    href: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A corner, a width, and how long texts may be there."""

    x: float
    y: float
    width: int = WIDTH
    name: int = LONGEST_NAME
    note: int = LONGEST_NOTE


def lineage_svg(columns: Sequence[Sequence[PictureBox]], links: Links) -> SafeString:
    """An `<svg class="lineage">` to stand in a page; of a long column the first boxes, and how many follow."""
    rows = [min(len(column), MOST_DOWN) + (len(column) > MOST_DOWN) for column in columns]
    tallest = max(rows)
    width = len(columns) * (WIDTH + GAP_ACROSS) - GAP_ACROSS + 2 * EDGE
    height = tallest * (HEIGHT + GAP_DOWN) - GAP_DOWN + 2 * EDGE
    places, boxes = {}, []
    for across, column in enumerate(columns):
        x = EDGE + across * (WIDTH + GAP_ACROSS)
        top = EDGE + (tallest - rows[across]) * (HEIGHT + GAP_DOWN) / 2
        for down, box in enumerate(column[:MOST_DOWN]):
            place = Place(x, top + down * (HEIGHT + GAP_DOWN))
            places.setdefault(box.key, place)
            boxes.append(drawn(box, place))
        if len(column) > MOST_DOWN:
            boxes.append(rest(column, x, top + MOST_DOWN * (HEIGHT + GAP_DOWN) + HEIGHT / 2))
    return picture("lineage", width, height, [*curves(places, links, across_curve), *boxes])


def upright_svg(columns: Sequence[Sequence[PictureBox]], links: Links) -> SafeString:
    """The same from the top to the bottom, `<svg class="lineage upright">`: 328 wide."""
    width = ABREAST * (UPRIGHT_WIDTH + UPRIGHT_GAP) - UPRIGHT_GAP + 2 * EDGE
    places, boxes, y = {}, [], float(EDGE)
    for column in columns:
        shown = column[:MOST_DOWN]
        for start in range(0, len(shown), ABREAST):
            line = shown[start : start + ABREAST]
            left = (width - len(line) * (UPRIGHT_WIDTH + UPRIGHT_GAP) + UPRIGHT_GAP) / 2
            for across, box in enumerate(line):
                x = left + across * (UPRIGHT_WIDTH + UPRIGHT_GAP)
                place = Place(x, y, UPRIGHT_WIDTH, UPRIGHT_NAME, UPRIGHT_NOTE)
                places.setdefault(box.key, place)
                boxes.append(drawn(box, place))
            y += HEIGHT + GAP_DOWN
        if len(column) > MOST_DOWN:
            boxes.append(rest(column, EDGE, y))
            y += GAP_DOWN
        y += GAP_BETWEEN_STAGES - GAP_DOWN
    height = y - GAP_BETWEEN_STAGES + EDGE
    return picture("lineage upright", width, height, [*curves(places, links, down_curve), *boxes])


def picture(classes: str, width: float, height: float, parts: Sequence[str]) -> SafeString:
    return mark_safe(  # noqa: S308 every text in it is escaped where it is put in
        f'<svg class="{classes}" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
        f' role="group" aria-label="Lineage">{"".join(parts)}</svg>'
    )


def drawn(box: PictureBox, place: Place) -> str:
    classes = f"box {box.kind}{' here' if box.is_here else ''}"
    x, y = place.x, place.y
    inside = (
        f"<title>{escape(box.name[:500])}: {escape(box.note[:200])}</title>"
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{place.width}" height="{HEIGHT}" rx="6"/>'
        f'<text class="name" x="{x + 12:.0f}" y="{y + 19:.0f}">{escape(shortened(box.name, place.name))}</text>'
        f'<text class="note" x="{x + 12:.0f}" y="{y + 35:.0f}">{escape(shortened(box.note, place.note))}</text>'
    )
    if box.href:
        return f'<a class="{classes}" href="{escape(box.href)}">{inside}</a>'
    return f'<g class="{classes}">{inside}</g>'


def rest(column: Sequence[PictureBox], x: float, y: float) -> str:
    return f'<text class="note" x="{x + 12:.0f}" y="{y:.0f}">and {len(column) - MOST_DOWN:,} more</text>'


def curves(places: dict[str, Place], links: Links, curve: Callable[[Place, Place], str]) -> list[str]:
    return [curve(places[start], places[end]) for start, end in links if start in places and end in places]


def across_curve(start: Place, end: Place) -> str:
    """From the right side of one box to the left side of another."""
    x1, y1, x2, y2 = start.x + start.width, start.y + HEIGHT / 2, end.x, end.y + HEIGHT / 2
    middle = (x1 + x2) / 2
    return f'<path d="M{x1:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"/>'


def down_curve(start: Place, end: Place) -> str:
    """From the lower side of one box to the upper side of another."""
    x1, y1, x2, y2 = start.x + start.width / 2, start.y + HEIGHT, end.x + end.width / 2, end.y
    middle = (y1 + y2) / 2
    return f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"/>'


def shortened(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
