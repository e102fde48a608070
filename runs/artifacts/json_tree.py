"""JSON as a tree of elements that open and close."""

from __future__ import annotations

import json

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MOST_NODES = 5_000
OPEN_DEPTH = 2
DEEPEST = 40
LONGEST_TEXT = 2_000


def json_tree(value: object) -> SafeString | None:
    """A list of keys and values; None for what is no object or list, or is nested deeper than people look."""
    if not isinstance(value, (dict, list)) or not value:
        return None
    left = [MOST_NODES]
    try:
        return mark_safe(f'<ul class="tree json">{_members(value, 0, left)}</ul>')  # noqa: S308 escaped below
    except RecursionError:
        return None


def _members(value: dict | list, depth: int, left: list[int]) -> str:
    if depth > DEEPEST:
        raise RecursionError
    items = value.items() if isinstance(value, dict) else enumerate(value)
    parts = []
    for done, (key, member) in enumerate(items):
        if left[0] <= 0:
            parts.append(f'<li class="note">… and {len(value) - done:,} more</li>')
            break
        left[0] -= 1
        parts.append(_node(str(key), member, depth, left))
    return "".join(parts)


def _node(key: str, value: object, depth: int, left: list[int]) -> str:
    name = f'<span class="key">{escape(key)}</span>'
    if isinstance(value, (dict, list)) and value:
        size = f"{len(value):,} {'key' if isinstance(value, dict) else 'item'}{'' if len(value) == 1 else 's'}"
        is_open = " open" if depth < OPEN_DEPTH and len(value) <= 100 else ""
        return (
            f'<li><details{is_open}><summary>{name} <span class="note">{size}</span></summary>'
            f"<ul>{_members(value, depth + 1, left)}</ul></details></li>"
        )
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    kind = "s" if isinstance(value, str) else "k" if value is None or isinstance(value, bool) else "n"
    shown = f"{text[:LONGEST_TEXT]}…" if len(text) > LONGEST_TEXT else text
    return f'<li class="leaf">{name}<span class="hl-{kind}">{escape(shown)}</span></li>'
