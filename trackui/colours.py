"""Which colour a run has: one, everywhere, from its id, or chosen by a person."""

import re
import zlib

RUN_COLOURS = 12  # --run-1 … --run-12 in static/css/tokens.css
# What these look like, for those who cannot see it or hear of it.
COLOUR_NAMES = (
    "blue", "orange", "green", "pink", "ochre", "sky blue", "violet", "brown", "olive", "red", "teal", "grey",
)  # fmt: skip
_CHOSEN = re.compile(r"#[0-9a-fA-F]{6}")
_TOKEN = re.compile(r"run-([1-9]|1[0-2])")


def colour_number(run_id: str, chosen: str = "") -> int:
    """1 … RUN_COLOURS: the one a person chose (`run-5`), else the same for this id for ever."""
    token = _TOKEN.fullmatch(chosen)
    return int(token[1]) if token else zlib.crc32(run_id.encode()) % RUN_COLOURS + 1


def run_colour(run_id: str, chosen: str = "") -> str:
    """A CSS colour: the one a person chose, else the token that the id gives.

    Figures may use it as it stands: `<plot-figure>` resolves `var(--…)` when it draws.
    """
    return chosen if _CHOSEN.fullmatch(chosen) else f"var(--run-{colour_number(run_id, chosen)})"


def is_colour(chosen: str) -> bool:
    """Whether it can be kept as the colour of a run: a token, #rrggbb, or nothing for that of its id."""
    return not chosen or bool(_TOKEN.fullmatch(chosen) or _CHOSEN.fullmatch(chosen))
