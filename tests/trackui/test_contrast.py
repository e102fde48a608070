"""The colours of tokens.css, held to WCAG 2 AA: 4.5:1 for text, 3:1 for lines that carry meaning."""

import re
from itertools import product

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
PAIR = re.compile(r"(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
THEMES = {
    "light": {name: light for name, light, _ in PAIR.findall(TOKENS)},
    "dark": {name: dark for name, _, dark in PAIR.findall(TOKENS)},
}

PAGES = ["--bg", "--surface", "--raised"]
TEXT = [
    *product(["--text", "--muted"], [*PAGES, "--accent-soft", "--mark"]),
    *product(["--faint", "--accent", "--good", "--bad", "--warn"], PAGES),
    *product(["--accent", "--good", "--bad"], ["--accent-soft", "--mark"]),
    ("--good", "--good-soft"),
    ("--bad", "--bad-soft"),
    ("--warn", "--warn-soft"),
    ("--on-accent", "--accent"),
    ("--on-accent", "--bad"),
]
LINES = [*product([f"--run-{number}" for number in range(1, 13)], ["--bg", "--raised"]), *product(["--control"], PAGES)]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(theme, ink, paper):
    colours = THEMES[theme]

    assert contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "paper"), LINES)
def test_lines_and_controls_can_be_seen(theme, line, paper):
    colours = THEMES[theme]

    assert contrast(colours[line], colours[paper]) >= 3
