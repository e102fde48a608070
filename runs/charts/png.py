"""A drawing as PNG: of the same SVG, by resvg, with a font of our own so that a server needs none."""

from __future__ import annotations

from pathlib import Path

from runs.charts.theme import FONT

DRAWN_WITH = Path(__file__).parents[2] / "static/vendor/dejavu-sans-2.37.3.ttf"
# Two pixels for each of the drawing: sharp on paper and on dense screens.
ZOOM = 2


def png_file(svg: str) -> bytes:
    """Some 20 ms for a chart of a page."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg.replace(FONT["family"], "DejaVu Sans"),
            font_files=[str(DRAWN_WITH)],
            skip_system_fonts=True,
            zoom=ZOOM,
        )
    )
