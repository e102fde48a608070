"""What people logged, as Plotly and SVG may write it: text, whatever is in it."""

from __future__ import annotations

# Plotly draws a subset of HTML wherever it writes text. Of that we use <br> alone: for the others it sets styles in
# attributes, which the policy of the pages forbids.
PLOTLY_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def one_line(text: str, *, at_most: int = 80) -> str:
    """Without line breaks and runs of blanks, cut at so many characters."""
    text = " ".join(text[: 4 * at_most].split())
    return text if len(text) <= at_most else f"{text[: at_most - 1]}…"


def plotly_text(text: str, *, at_most: int = 80) -> str:
    """Plotly reads tags and entities in labels, names and hover texts: here they are letters."""
    return one_line(text, at_most=at_most).translate(PLOTLY_ESCAPES)
