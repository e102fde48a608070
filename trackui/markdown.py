"""Markdown that people and programs wrote -> HTML that is safe to show."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST = 100_000  # characters; beyond them the text is shown as it stands

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li",
    "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_MARKS = str.maketrans("", "", "*`")
_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])


def render_markdown(text: str) -> SafeString:
    """CommonMark with tables and strike-through. Raw HTML is shown as text, links lead only to
    http, https and mailto, and images only to this server (the page's policy loads no others)."""
    html = _parser.render(text[:LONGEST])
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 (what nh3 let through)


def markdown_excerpt(text: str, *, at_most: int = 120) -> str:
    """The first words of a note as plain text, for a row of a list."""
    for line in text[: at_most * 20].splitlines():
        words = line.strip().lstrip("#>*-+ ").strip()
        if words:
            plain = words.translate(_MARKS)
            return plain if len(plain) <= at_most else plain[: at_most - 1].rstrip() + "…"
    return ""
