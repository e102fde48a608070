"""Colours and layout shared by all figures.

Colours are tokens of static/css/tokens.css, written `var(--token)`: `<plot-figure>` resolves them when it
draws, so one figure serves light and dark.
"""

from __future__ import annotations

from typing import Any

TEXT = "var(--text)"
MUTED = "var(--muted)"
LINE = "var(--line)"
LINE_STRONG = "var(--line-strong)"
RAISED = "var(--raised)"
TRANSPARENT = "rgba(0,0,0,0)"

# With the colours, so that no two lines of a chart differ by colour alone. Plotly's words, and SVG's.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SVG_DASHES = ("", "7 4", "2 3", "7 3 2 3", "12 5", "12 4 2 4")
LINE_WIDTH, STRONG_WIDTH = 1.6, 2.8
# How much is seen of a line behind others, and of a band around a mean.
FAINT, BAND = 0.28, 0.16
FEW_BEHIND = 6
# Below this many points each is drawn as a dot too, so that a lone point is seen.
DOTS_UP_TO = 60

FONT = {"family": "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans, sans-serif", "size": 12}


def opacity_behind(series: Any) -> float:
    """Of each line drawn behind others: a dozen may be seen, a hundred make a cloud."""
    members = sum(one.role == "member" for one in series)
    return FAINT if members <= FEW_BEHIND else FAINT * FEW_BEHIND**0.5 / members**0.5


def line_width(one: Any) -> float:
    """Of a series: means and the baseline stand out."""
    return STRONG_WIDTH if one.is_baseline or one.role == "mean" else LINE_WIDTH


def dash(position: int) -> str:
    return DASHES[position % len(DASHES)]


def svg_dash(position: int) -> str:
    """The same dash as a stroke-dasharray; empty for a solid line."""
    return SVG_DASHES[position % len(SVG_DASHES)]


def axis(**more: Any) -> dict[str, Any]:
    return {
        "gridcolor": LINE,
        "linecolor": LINE_STRONG,
        "zeroline": False,
        "tickfont": {"color": MUTED},
        "title": {"font": {"color": MUTED, "size": 12}, "standoff": 6},
        "automargin": True,
        **more,
    }


def layout(**more: Any) -> dict[str, Any]:
    """The frame of a figure: no title (the page has it), transparent, tooltips as cards."""
    return {
        "template": "none",
        "font": {**FONT, "color": MUTED},
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "margin": {"l": 48, "r": 14, "t": 10, "b": 40},
        "showlegend": False,
        "hoverlabel": {"bgcolor": RAISED, "bordercolor": LINE_STRONG, "font": {"color": TEXT}, "namelength": 40},
        "dragmode": "zoom",
        "uirevision": "kept",
        **more,
    }
