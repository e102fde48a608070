"""A Plotly figure that somebody logged, made fit to be drawn in a page of ours.

Plotly reads a little HTML in texts: links of it are shown as text, and type is not set apart, which Plotly does by
styles that our policy forbids. Pictures from elsewhere and menus, which would change the page or fetch, are left out.
"""

from __future__ import annotations

import json
import math
import re

MOST_BYTES = 2**23
DEEPEST = 40
ROOM_FOR_TITLE = 56  # pixels; pages leave less, as they have titles of their own
# The end of a line, and the box beside a tooltip. Whatever else begins like a tag is text.
KEPT = re.compile(r"</?(?:br|extra)\s*/?>", re.IGNORECASE)
DROPPED = re.compile(r"</?(?:b|i|em|strong|sub|sup)>", re.IGNORECASE)
LEFT_OUT = frozenset(("updatemenus", "sliders", "images", "mapbox", "map", "geo", "transforms", "meta", "template"))
# Traces that fetch maps from elsewhere.
FETCHING = ("geo", "map")


def plotly_figure(text: str) -> dict | None:
    """`{"data": […], "layout": {…}}`, cleaned; None for what is no figure."""
    try:
        figure = json.loads(text, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        return None
    if not is_figure(figure):
        return None
    traces = [trace for trace in figure["data"] if isinstance(trace, dict) and not _fetches(trace)]
    found = figure.get("layout")
    try:
        data, layout = cleaned(traces), cleaned(found if isinstance(found, dict) else {})
    except RecursionError:
        return None
    if "title" in layout and not isinstance(layout.get("margin"), dict):
        layout["margin"] = {"t": ROOM_FOR_TITLE}
    return {"data": data, "layout": layout}


def is_figure(value: object) -> bool:
    """Traces name their type, or at least what they draw."""
    if not isinstance(value, dict) or not isinstance(value.get("data"), list) or not value["data"]:
        return False
    first = value["data"][0]
    return (
        isinstance(first, dict)
        and ("layout" in value or "type" in first)
        and not {"x", "y", "z", "type"}.isdisjoint(first)
    )


def cleaned(value: object, depth: int = 0) -> object:
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [cleaned(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            harmless(str(key)): cleaned(item, depth + 1)
            for key, item in value.items()
            if key not in LEFT_OUT and key != "__proto__"
        }
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def harmless(text: str) -> str:
    """Tags become text, but those that end lines; half a surrogate pair a question mark."""
    if "<" in text:
        text, parts, end = DROPPED.sub("", text), [], 0
        for tag in KEPT.finditer(text):
            parts += [text[end : tag.start()].replace("<", "&lt;"), tag[0]]
            end = tag.end()
        text = "".join([*parts, text[end:].replace("<", "&lt;")])
    return text.encode("utf-8", "replace").decode()


def _fetches(trace: dict) -> bool:
    kind = trace.get("type")
    return (
        isinstance(kind, str)
        and any(word in kind.lower() for word in FETCHING)
        and "heatmap" not in kind.lower()
        and "treemap" not in kind.lower()
    )
