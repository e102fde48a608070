"""Notes are shown as Markdown and never as more than that."""

import pytest

from trackui.markdown import markdown_excerpt, render_markdown


def test_headings_lists_tables_and_links():
    html = render_markdown("# Plan\n\n- one\n\n| a |\n|---|\n| 1 |\n\n[docs](https://example.org/)")

    assert "<h1>Plan</h1>" in html
    assert "<li>one</li>" in html
    assert "<td>1</td>" in html
    assert 'href="https://example.org/"' in html
    assert "noopener" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<iframe src=x></iframe>",
        "<svg onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<form action=/x><input></form>",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:a)",
        '![x](x "a" onerror=alert(1))',
        "<a href='https://x' onclick='y'>x</a>",
    ],
)
def test_nothing_that_acts_gets_through(text):
    html = render_markdown(text)

    for forbidden in ("<script", "<iframe", "<svg", "<style", "<form", "<input", 'href="javascript', 'href="data'):
        assert forbidden not in html.lower()
    assert " onclick=" not in html.replace("&#39;", "").split("&lt;")[0]


def test_deep_nesting_ends():
    assert render_markdown(">" * 5_000 + "x")


def test_an_excerpt_is_the_first_words_as_plain_text():
    assert markdown_excerpt("\n\n## The **plan**\nmore") == "The plan"
    assert len(markdown_excerpt("word " * 100)) <= 120
    assert markdown_excerpt("") == ""
