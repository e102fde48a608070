"""Which colour a run has: one, everywhere, from its id."""

import re
import zlib

RUN_COLOURS = 12  # --run-1 … --run-12 in static/css/tokens.css
_CHOSEN = re.compile(r"#[0-9a-fA-F]{6}")


def colour_number(run_id: str) -> int:
    """1 … RUN_COLOURS, the same for this id for ever."""
    return zlib.crc32(run_id.encode()) % RUN_COLOURS + 1


def run_colour(run_id: str, chosen: str = "") -> str:
    """A CSS colour: the one a person chose, else the token that the id gives.

    Figures may use it as it stands: `<plot-figure>` resolves `var(--…)` when it draws.
    """
    return chosen if _CHOSEN.fullmatch(chosen) else f"var(--run-{colour_number(run_id)})"
